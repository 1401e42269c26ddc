import Bytes

// Strings of JSON documents (RFC 8259), and the same spelling in text output.
//
// Text is copied eight bytes at a time; in a word of plain ASCII nothing needs a closer look. Quotes, backslashes and
// controls are escaped; bytes that are not well-formed UTF-8 become U+FFFD, one for each maximal subpart of a sequence,
// as the Unicode Standard recommends (section 3.9).

extension OutputBuffer {
  /// Appends `utf8` as a JSON string with its quotes, always valid UTF-8.
  ///
  /// Returns how many ill-formed sequences were replaced by U+FFFD.
  @discardableResult
  public mutating func append(jsonString utf8: RawSpan) -> Int {
    reserve(utf8.byteCount &+ 16)
    appendUnchecked(UInt8(ascii: "\""))
    let replaced = append(jsonStringContent: utf8)
    append(UInt8(ascii: "\""))
    return replaced
  }

  /// Appends `utf8` as the inside of a JSON string, for keys and labels that are quoted as a whole.
  ///
  /// Returns how many ill-formed sequences were replaced by U+FFFD.
  @discardableResult
  public mutating func append(jsonStringContent utf8: RawSpan) -> Int {
    reserve(utf8.byteCount &+ 8)
    var offset = appendPlainText(utf8, from: 0, passing: 0)
    guard offset < utf8.byteCount else { return 0 }
    if utf8.isWellFormedUTF8 {
      while offset < utf8.byteCount {
        append(jsonEscaped: utf8[byteAt: offset])
        offset = appendPlainText(utf8, from: offset &+ 1, passing: JSONWord.highBits)
      }
      return 0
    }
    var replaced = 0
    while offset < utf8.byteCount {
      offset = appendScalar(utf8, at: offset, replaced: &replaced)
      offset = appendPlainText(utf8, from: offset, passing: 0)
    }
    return replaced
  }

  /// Appends the bytes from `offset` up to the first that needs a closer look, and returns the offset of that.
  ///
  /// Bytes above 0x7F need one unless `passing` has the high bits set.
  mutating func appendPlainText(_ text: RawSpan, from offset: Int, passing: UInt64) -> Int {
    var offset = offset
    while text.byteCount &- offset >= 8 {
      let word = text.word(at: offset)
      let hits = JSONWord.hits(word) | word & JSONWord.highBits & ~passing
      guard hits == 0 else { return appendPlainHead(word, hits, at: offset, of: 8) }
      appendLittleEndian(word)
      offset &+= 8
    }
    let rest = text.byteCount &- offset
    guard rest > 0 else { return offset }
    let word = text.lastWord(count: rest)
    return appendPlainHead(word, JSONWord.hits(word) | word & JSONWord.highBits & ~passing, at: offset, of: rest)
  }

  /// Appends the bytes of `word` before the first of `hits`, at most `count`; returns the offset after them.
  @inline(__always)
  private mutating func appendPlainHead(_ word: UInt64, _ hits: UInt64, at offset: Int, of count: Int) -> Int {
    let plain = min(hits.trailingZeroBitCount &>> 3, count)
    append(word: word, count: plain)
    return offset &+ plain
  }

  /// Appends the character at `offset`, escaped or replaced where it must be, and returns the offset after it.
  private mutating func appendScalar(_ text: RawSpan, at offset: Int, replaced: inout Int) -> Int {
    let first = text[byteAt: offset]
    guard first >= 0x80 else {
      append(jsonEscaped: first)
      return offset &+ 1
    }
    let (count, isWellFormed) = UTF8Sequence.measure(text, at: offset)
    if isWellFormed {
      append(text.extracting(offset..<offset &+ count))
    } else {
      append("\u{FFFD}")
      replaced &+= 1
    }
    return offset &+ count
  }

  /// Appends an ASCII character of a JSON string, escaped where it must be.
  @inline(__always)
  mutating func append(jsonEscaped character: UInt8) {
    guard character >= 0x20 else { return append(jsonControl: character) }
    if character == UInt8(ascii: "\"") || character == UInt8(ascii: "\\") { append(UInt8(ascii: "\\")) }
    append(character)
  }

  /// Appends a character below 0x20: "\n", "\u001f".
  private mutating func append(jsonControl character: UInt8) {
    append(UInt8(ascii: "\\"))
    switch character {
    case UInt8(ascii: "\n"): append(UInt8(ascii: "n"))
    case UInt8(ascii: "\r"): append(UInt8(ascii: "r"))
    case UInt8(ascii: "\t"): append(UInt8(ascii: "t"))
    case 0x08: append(UInt8(ascii: "b"))
    case 0x0C: append(UInt8(ascii: "f"))
    default:
      append(character < 0x10 ? "u000" : "u001")
      let low = character & 15
      append(low < 10 ? UInt8(ascii: "0") &+ low : UInt8(ascii: "a") &+ low &- 10)
    }
  }
}

/// Eight characters in one word.
enum JSONWord {
  /// The high bit of each byte.
  static var highBits: UInt64 { 0x8080_8080_8080_8080 }
  /// 1 in each byte.
  private static var ones: UInt64 { 0x0101_0101_0101_0101 }

  /// The high bit of the first byte that JSON escapes (a control, a quote, a backslash); bits above it mean nothing.
  @inline(__always)
  static func hits(_ word: UInt64) -> UInt64 {
    let quotes = word ^ ones &* UInt64(UInt8(ascii: "\""))
    let backslashes = word ^ ones &* UInt64(UInt8(ascii: "\\"))
    let controls = (word &- ones &* 0x20) & ~word
    return (controls | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes) & highBits
  }
}

extension RawSpan {
  /// The eight bytes at `offset`, lowest first.
  @inline(__always)
  func word(at offset: Int) -> UInt64 {
    precondition(offset >= 0 && byteCount &- offset >= 8, "word out of range")
    return UInt64(littleEndian: unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
  }

  /// The last `count` (1 to 7) bytes, lowest first, with zeros above.
  @inline(__always)
  func lastWord(count: Int) -> UInt64 {
    if byteCount >= 8 { return word(at: byteCount &- 8) &>> UInt64(64 &- 8 &* count) }
    var word: UInt64 = 0
    for index in 0..<count { word |= UInt64(self[byteAt: byteCount &- count &+ index]) &<< UInt64(8 &* index) }
    return word
  }
}
