/// Walks over the text of a GTID set: white space may stand before every part.
struct GTIDSetScanner {
  private let text: [UInt8]
  private var position = 0

  init(_ text: String) { self.text = Array(text.utf8) }

  /// The character at which the walk is, 1 for the first. What was walked over is ASCII, so bytes are characters.
  var character: Int { position + 1 }

  /// The next byte that is no white space, nil at the end.
  var next: UInt8? {
    mutating get {
      while position < text.count, Self.isSpace(text[position]) { position += 1 }
      return position < text.count ? text[position] : nil
    }
  }

  /// Moves past `byte` when it is the next one.
  mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  /// A decimal number within `range`.
  ///
  /// - Throws: `expectedNumber` or `numberOutOfRange`.
  mutating func number(in range: ClosedRange<UInt64>) throws(GTIDSetError) -> UInt64 {
    guard let first = next, Self.isDigit(first) else { throw error(.expectedNumber) }
    let start = character
    let digits = takeWhile(Self.isDigit)
    guard let number = UInt64(digits), range.contains(number) else {
      throw GTIDSetError(reason: .numberOutOfRange, character: start)
    }
    return number
  }

  /// A UUID in the form 8-4-4-4-12.
  ///
  /// - Throws: `expectedUUID`, at the UUID's first character.
  mutating func uuid() throws(GTIDSetError) -> UUIDBytes {
    _ = next
    let start = character
    var digits: [UInt8] = []
    for (index, count) in [8, 4, 4, 4, 12].enumerated() {
      let hyphens = takeWhile { $0 == UInt8(ascii: "-") }
      let group = takeWhile { Self.hexadecimal($0) != nil }.utf8.compactMap(Self.hexadecimal)
      guard hyphens.utf8.count == min(index, 1), group.count == count else {
        throw GTIDSetError(reason: .expectedUUID, character: start)
      }
      digits += group
    }
    return UUIDBytes(stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
  }

  /// A tag in lower case, or nil where none begins.
  ///
  /// - Throws: `tagTooLong`.
  mutating func tag() throws(GTIDSetError) -> String? {
    guard let first = next, GTIDTag.canStart(with: first) else { return nil }
    let start = character
    let tag = takeWhile(GTIDTag.canContain).lowercased()
    guard tag.utf8.count <= GTIDTag.maximumLength else { throw GTIDSetError(reason: .tagTooLong, character: start) }
    return tag
  }

  /// An error at this place.
  func error(_ reason: GTIDSetError.Reason) -> GTIDSetError { GTIDSetError(reason: reason, character: character) }

  private mutating func takeWhile(_ condition: (UInt8) -> Bool) -> String {
    let start = position
    while position < text.count, condition(text[position]) { position += 1 }
    return String(decoding: text[start..<position], as: UTF8.self)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
