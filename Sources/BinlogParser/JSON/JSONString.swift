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
    reserve(utf8.byteCount &+ 32)
    appendUnchecked(UInt8(ascii: "\""))
    let replaced = append(jsonStringContent: utf8)
    append(UInt8(ascii: "\""))
    return replaced
  }

  /// Appends `,"key":`, where the key is the `count` bytes at `offset` of `text`: up to eight plain ones as one word, if `text`
  /// goes on for so long.
  @inline(__always)
  mutating func append(jsonMember count: Int, at offset: Int, of text: RawSpan) {
    if count > 0, count <= 8, offset >= 0, text.byteCount &- offset >= 8 {
      let word = text.word(at: offset)
      if JSONWord.hitsOfASCII(word) & UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- 8 &* count) == 0 {
        reserve(24)
        appendUnchecked(word: 0x222C, count: 2)
        appendUnchecked(word: word, count: count)
        return appendUnchecked(word: 0x3A22, count: 2)
      }
    }
    append(UInt8(ascii: ","))
    append(jsonString: text.extracting(offset..<offset &+ count))
    append(UInt8(ascii: ":"))
  }

  /// Appends `utf8` as the inside of a JSON string, for keys and labels that are quoted as a whole.
  ///
  /// Returns how many ill-formed sequences were replaced by U+FFFD.
  @discardableResult @inline(__always)
  public mutating func append(jsonStringContent utf8: RawSpan) -> Int {
    let plain = appendPlainASCII(utf8, from: 0)
    return plain == utf8.byteCount ? 0 : append(jsonStringContent: utf8, from: plain)
  }

  /// Appends the inside of a JSON string from `offset` on, where a character needs a closer look.
  mutating func append(jsonStringContent utf8: RawSpan, from offset: Int) -> Int {
    var offset = offset
    if utf8.isWellFormedUTF8 {
      while offset < utf8.byteCount {
        append(jsonEscaped: utf8[byteAt: offset])
        offset = appendPlainUTF8(utf8, from: offset &+ 1)
      }
      return 0
    }
    var replaced = 0
    while offset < utf8.byteCount {
      offset = appendScalar(utf8, at: offset, replaced: &replaced)
      offset = appendPlainASCII(utf8, from: offset)
    }
    return replaced
  }

  /// Appends the bytes from `offset` up to the first that is DEL, not ASCII or escaped by JSON; returns the offset of that.
  mutating func appendPlainASCII(_ text: RawSpan, from offset: Int) -> Int {
    let end = text.byteCount
    var offset = offset
    reserve(end &- offset &+ 8)
    while end &- offset >= 16 {
      let words = text.twoWords(at: offset)
      guard JSONWord.areAllPlainASCII(words) else { break }
      appendUnchecked(words)
      offset &+= 16
    }
    return offset == end ? end : appendPlain(text, from: offset, hits: JSONWord.hitsOfASCII)
  }

  /// Appends the bytes from `offset` up to the first that JSON escapes; returns the offset of that.
  private mutating func appendPlainUTF8(_ text: RawSpan, from offset: Int) -> Int {
    appendPlain(text, from: offset, hits: JSONWord.hits)
  }

  @inline(__always)
  private mutating func appendPlain(_ text: RawSpan, from offset: Int, hits: (UInt64) -> UInt64) -> Int {
    let end = text.byteCount
    var offset = offset
    reserve(end &- offset &+ 8)
    while end &- offset >= 8 {
      let word = text.word(at: offset)
      let plain = hits(word).trailingZeroBitCount &>> 3
      appendUnchecked(word: word, count: plain)
      offset &+= plain
      guard plain == 8 else { return offset }
    }
    let rest = end &- offset
    guard rest > 0 else { return offset }
    let word = text.lastWord(count: rest)
    let plain = min(hits(word).trailingZeroBitCount &>> 3, rest)
    appendUnchecked(word: word, count: plain)
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
  private static var highBits: UInt64 { 0x8080_8080_8080_8080 }
  /// 1 in each byte.
  private static var ones: UInt64 { 0x0101_0101_0101_0101 }

  /// The high bit of the first byte that is DEL, not ASCII or escaped by JSON; bits above it mean nothing.
  @inline(__always)
  static func hitsOfASCII(_ word: UInt64) -> UInt64 {
    let quotes = word ^ ones &* UInt64(UInt8(ascii: "\""))
    let backslashes = word ^ ones &* UInt64(UInt8(ascii: "\\"))
    return (word | (word &+ ones) | (word &- ones &* 0x20) | (quotes &- ones) | (backslashes &- ones)) & highBits
  }

  /// True if all bytes are ASCII, and neither DEL nor escaped by JSON.
  @inline(__always)
  static func areAllPlainASCII(_ words: SIMD2<UInt64>) -> Bool {
    let ones = SIMD2(repeating: ones)
    let quotes = words ^ SIMD2(repeating: Self.ones &* UInt64(UInt8(ascii: "\"")))
    let backslashes = words ^ SIMD2(repeating: Self.ones &* UInt64(UInt8(ascii: "\\")))
    let controls = words &- SIMD2(repeating: Self.ones &* 0x20)
    let hits = words | (words &+ ones) | controls | (quotes &- ones) | (backslashes &- ones)
    return (hits.x | hits.y) & highBits == 0
  }

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
  /// The last `count` (1 to 7) bytes, lowest first, with zeros above.
  @inline(__always)
  func lastWord(count: Int) -> UInt64 {
    let start = byteCount &- count
    if byteCount >= 8 { return word(at: byteCount &- 8) &>> UInt64(truncatingIfNeeded: 64 &- 8 &* count) }
    // Two loads, which may overlap.
    if count >= 4 {
      return UInt64(uint32(at: start)) | UInt64(uint32(at: byteCount &- 4))
        &<< UInt64(truncatingIfNeeded: 8 &* (count &- 4))
    }
    guard count >= 2 else { return UInt64(self[byteAt: start]) }
    return UInt64(uint16(at: start)) | UInt64(self[byteAt: byteCount &- 1])
      &<< UInt64(truncatingIfNeeded: 8 &* (count &- 1))
  }
}
