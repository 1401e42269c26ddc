import Foundation

/// Checks a text against the grammar of RFC 8259 and finds the keys of the outermost object.
///
/// Foundation's decoder, which reads the values afterwards, does not say where a mistake lies, accepts a trailing comma
/// and keeps one of two equal keys in silence. See <https://www.rfc-editor.org/rfc/rfc8259>.
struct JSONSyntax {
  /// A key of the outermost object.
  struct Key {
    /// The bytes of the key with its quotes, escapes untouched.
    let literal: ArraySlice<UInt8>
    /// Its line, from 1.
    let line: Int

    /// The key that is meant.
    var name: String { (try? JSONDecoder().decode(String.self, from: Data(literal))) ?? "?" }
  }

  /// The first mistake of a text.
  struct Mistake: Error, Equatable {
    /// From 1.
    let line: Int
    /// From 1, in Unicode scalars.
    let column: Int
    /// What should stand there.
    let expected: String
  }

  /// Deeper nesting than this is a mistake; a configuration file needs two levels.
  static let maximumDepth = 32

  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private var lineStart = 0
  private var keys: [Key] = []
  private var repeated: Key?

  /// The keys of the object that `bytes` holds, in the order of the text.
  static func keys(of bytes: [UInt8]) throws(Mistake) -> [Key] { try object(bytes).keys }

  /// The first key that stands twice in an object, the outermost or one within; nil where none does.
  static func repeatedKey(of bytes: [UInt8]) throws(Mistake) -> Key? { try object(bytes).repeated }

  private static func object(_ bytes: [UInt8]) throws(Mistake) -> JSONSyntax {
    var syntax = JSONSyntax(bytes: bytes)
    syntax.skipSpace()
    guard syntax.next == UInt8(ascii: "{") else { throw syntax.mistake("an object: {…}") }
    try syntax.value(depth: 0)
    syntax.skipSpace()
    guard syntax.next == nil else { throw syntax.mistake("the end of the file after the last }") }
    return syntax
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func mistake(_ expected: String) -> Mistake {
    let column = 1 + bytes[lineStart..<position].count { $0 & 0xC0 != 0x80 }
    return Mistake(line: line, column: column, expected: expected)
  }

  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  private mutating func skip(while accept: (UInt8) -> Bool) {
    while let byte = next, accept(byte) { position += 1 }
  }

  /// Skips white space: outside of it no line break is legal.
  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
      position += 1
      guard byte == 0x0A else { continue }
      line += 1
      lineStart = position
    }
  }

  private mutating func value(depth: Int) throws(Mistake) {
    skipSpace()
    guard depth < Self.maximumDepth else { throw mistake("at most \(Self.maximumDepth) levels of nesting") }
    switch next {
    case UInt8(ascii: "{"): try object(depth: depth)
    case UInt8(ascii: "["): try array(depth: depth)
    case UInt8(ascii: "\""): try string("a value")
    case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): try number()
    default: try word()
    }
  }

  private mutating func object(depth: Int) throws(Mistake) {
    position += 1
    skipSpace()
    if take("}") { return }
    var names: Set<String> = []
    while true {
      skipSpace()
      let start = position
      try string("a key in double quotes")
      let key = Key(literal: bytes[start..<position], line: line)
      if depth == 0 { keys.append(key) }
      if !names.insert(key.name).inserted, repeated == nil { repeated = key }
      skipSpace()
      guard take(":") else { throw mistake("\":\" after the key") }
      try value(depth: depth + 1)
      skipSpace()
      if take("}") { return }
      guard take(",") else { throw mistake("\",\" or \"}\" after the value") }
    }
  }

  private mutating func array(depth: Int) throws(Mistake) {
    position += 1
    skipSpace()
    if take("]") { return }
    while true {
      try value(depth: depth + 1)
      skipSpace()
      if take("]") { return }
      guard take(",") else { throw mistake("\",\" or \"]\" after the value") }
    }
  }

  private mutating func string(_ what: String) throws(Mistake) {
    guard take("\"") else { throw mistake(what) }
    while !take("\"") {
      guard let byte = next else { throw mistake("the closing quote of a string") }
      guard byte >= 0x20 else { throw mistake("the closing quote of a string (a line break inside is written \\n)") }
      position += 1
      if byte == UInt8(ascii: "\\") { try escape() }
    }
  }

  private mutating func escape() throws(Mistake) {
    if take("u") {
      for _ in 0..<4 {
        guard let byte = next, Self.isHexDigit(byte) else { throw mistake("four hexadecimal digits after \\u") }
        position += 1
      }
      return
    }
    guard let byte = next, "\"\\/bfnrt".utf8.contains(byte) else { throw mistake("an escape such as \\n or \\\\") }
    position += 1
  }

  private mutating func number() throws(Mistake) {
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
  }

  private mutating func digits() throws(Mistake) {
    let start = position
    skip(while: Self.isDigit)
    guard position > start else { throw mistake("a digit") }
  }

  private mutating func word() throws(Mistake) {
    for word in ["true", "false", "null"] where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return
    }
    throw mistake("a value")
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
  }
}
