import Bytes

/// A path to a value in a JSON document, as JSON diffs carry it: `$.a."b c"[3][last-1]`.
///
/// Legs are a member, by a name that is quoted like a JSON string unless it is an ECMAScript identifier, or a cell, by its
/// index from the array's start or from its last cell. Wildcards lead to many values and are in no diff.
///
/// See <https://dev.mysql.com/doc/refman/8.4/en/json.html#json-path-syntax>.
package struct JSONPath {
  package enum Leg: Equatable, Sendable {
    /// `.name`, in UTF-8.
    case member([UInt8])
    /// `[3]`
    case cell(Int)
    /// `[last-1]`
    case cellFromLast(Int)
  }

  /// The legs, from the document's root on.
  package let legs: [Leg]

  /// Reads a path that takes up all of `text`.
  ///
  /// - Throws: `DecodeError` for anything that is no path to a single value, or has more legs than a document levels.
  package init(_ text: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(text)
    guard try Self.next(&cursor) == UInt8(ascii: "$") else { throw DecodeError(.invalid, at: 0, "JSON path") }
    var legs: [Leg] = []
    while true {
      Self.skipBlanks(&cursor, text)
      guard !cursor.isAtEnd else { break }
      guard legs.count < JSONBinary.maxDepth else { throw DecodeError(.tooLarge, at: cursor.offset, "JSON path") }
      let offset = cursor.offset
      switch try Self.next(&cursor) {
      case UInt8(ascii: "."): legs.append(.member(try Self.name(&cursor, text)))
      case UInt8(ascii: "["): legs.append(try Self.cell(&cursor, text))
      default: throw DecodeError(.invalid, at: offset, "JSON path")
      }
    }
    self.legs = legs
  }

  @_lifetime(cursor: copy cursor)
  private static func next(_ cursor: inout ByteCursor) throws(DecodeError) -> UInt8 { try cursor.uint8("JSON path") }

  @_lifetime(cursor: copy cursor)
  private static func skipBlanks(_ cursor: inout ByteCursor, _ text: RawSpan) {
    while !cursor.isAtEnd, text[byteAt: cursor.offset] == UInt8(ascii: " ") { _ = try? next(&cursor) }
  }

  /// A member's name: up to the next leg, or in quotes.
  @_lifetime(cursor: copy cursor)
  private static func name(_ cursor: inout ByteCursor, _ text: RawSpan) throws(DecodeError) -> [UInt8] {
    skipBlanks(&cursor, text)
    let start = cursor.offset
    var name: [UInt8] = []
    guard start < text.byteCount, text[byteAt: start] == UInt8(ascii: "\"") else {
      while !cursor.isAtEnd, !isDelimiter(text[byteAt: cursor.offset]) { name.append(try next(&cursor)) }
      guard !name.isEmpty, name != [UInt8(ascii: "*")] else { throw DecodeError(.invalid, at: start, "JSON path") }
      return name
    }
    try cursor.skip(1, "JSON path")
    while true {
      switch try next(&cursor) {
      case UInt8(ascii: "\""): return name
      case UInt8(ascii: "\\"): try appendEscaped(&cursor, text, to: &name)
      case let byte: name.append(byte)
      }
    }
  }

  private static func isDelimiter(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ".") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: " ")
  }

  /// What follows a backslash in quotes.
  @_lifetime(cursor: copy cursor)
  private static func appendEscaped(
    _ cursor: inout ByteCursor, _ text: RawSpan, to name: inout [UInt8]
  ) throws(DecodeError) {
    let offset = cursor.offset
    switch try next(&cursor) {
    case UInt8(ascii: "b"): name.append(0x08)
    case UInt8(ascii: "f"): name.append(0x0C)
    case UInt8(ascii: "n"): name.append(UInt8(ascii: "\n"))
    case UInt8(ascii: "r"): name.append(UInt8(ascii: "\r"))
    case UInt8(ascii: "t"): name.append(UInt8(ascii: "\t"))
    case UInt8(ascii: "u"): name += try scalar(&cursor)
    case let byte where [UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/")].contains(byte): name.append(byte)
    default: throw DecodeError(.invalid, at: offset, "JSON path")
    }
  }

  /// The four digits after `\u`, and a second escape where they are a high surrogate.
  @_lifetime(cursor: copy cursor)
  private static func scalar(_ cursor: inout ByteCursor) throws(DecodeError) -> [UInt8] {
    let offset = cursor.offset
    var value = try codeUnit(&cursor)
    if 0xD800...0xDBFF ~= value {
      guard try next(&cursor) == UInt8(ascii: "\\"), try next(&cursor) == UInt8(ascii: "u") else {
        throw DecodeError(.invalid, at: offset, "JSON path")
      }
      let low = try codeUnit(&cursor)
      guard 0xDC00...0xDFFF ~= low else { throw DecodeError(.invalid, at: offset, "JSON path") }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw DecodeError(.invalid, at: offset, "JSON path") }
    return Array(String(scalar).utf8)
  }

  @_lifetime(cursor: copy cursor)
  private static func codeUnit(_ cursor: inout ByteCursor) throws(DecodeError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let offset = cursor.offset
      guard let digit = Character(Unicode.Scalar(try next(&cursor))).hexDigitValue else {
        throw DecodeError(.invalid, at: offset, "JSON path")
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// `3]`, `last]` or `last-1]`.
  @_lifetime(cursor: copy cursor)
  private static func cell(_ cursor: inout ByteCursor, _ text: RawSpan) throws(DecodeError) -> Leg {
    let start = cursor.offset
    var content: [UInt8] = []
    while true {
      let byte = try next(&cursor)
      guard byte != UInt8(ascii: "]") else { break }
      if byte != UInt8(ascii: " ") { content.append(byte) }
      guard content.count <= 32 else { throw DecodeError(.tooLarge, at: start, "JSON path") }
    }
    let word = String(decoding: content, as: UTF8.self)
    if word == "last" { return .cellFromLast(0) }
    let isFromLast = word.hasPrefix("last-")
    guard let index = UInt32(isFromLast ? word.dropFirst(5) : word[...]) else {
      throw DecodeError(.invalid, at: start, "JSON path")
    }
    return isFromLast ? .cellFromLast(Int(index)) : .cell(Int(index))
  }
}
