import Bytes

/// A character in UTF-8 in one word: up to four bytes, the first lowest, and their count.
struct EncodedScalar: BitwiseCopyable, Equatable {
  /// The bytes in the low half, the count in the high half.
  private let bits: UInt64

  /// Stands where a code has no character. It is empty; a character never is.
  static var undefined: EncodedScalar { EncodedScalar(bytes: 0, count: 0) }

  private init(bytes: UInt64, count: UInt64) { bits = bytes | count &<< 32 }

  /// Encodes a code point; a surrogate, or a number above 0x10FFFF, is `undefined`.
  @inline(__always)
  init(_ scalar: UInt32) {
    let value = UInt64(scalar)
    switch scalar {
    case ..<0x80: self.init(bytes: value, count: 1)
    case ..<0x800: self.init(bytes: 0x80C0 | value &>> 6 | (value & 63) &<< 8, count: 2)
    case 0xD800..<0xE000: self = .undefined
    case ..<0x1_0000:
      self.init(bytes: 0x80_80E0 | value &>> 12 | (value &>> 6 & 63) &<< 8 | (value & 63) &<< 16, count: 3)
    case ..<0x11_0000:
      let low = (value &>> 6 & 63) &<< 16 | (value & 63) &<< 24
      self.init(bytes: 0x8080_80F0 | value &>> 18 | (value &>> 12 & 63) &<< 8 | low, count: 4)
    default: self = .undefined
    }
  }

  /// True if there is a character.
  var isDefined: Bool { bits &>> 32 != 0 }
  /// Bytes of the character.
  var count: Int { Int(truncatingIfNeeded: bits &>> 32) }
  /// The bytes, the first lowest.
  var bytes: UInt64 { bits & 0xFFFF_FFFF }
}

/// Spelling of ASCII characters in what text is transcoded to.
protocol CharacterSpelling {
  /// Appends an ASCII character.
  static func append(_ character: UInt8, to buffer: inout OutputBuffer)
}

/// Characters of a JSON string, escaped where they must be.
enum JSONCharacters: CharacterSpelling {
  @inline(__always)
  static func append(_ character: UInt8, to buffer: inout OutputBuffer) { buffer.append(jsonEscaped: character) }
}

/// Characters as they are.
enum PlainCharacters: CharacterSpelling {
  @inline(__always)
  static func append(_ character: UInt8, to buffer: inout OutputBuffer) { buffer.append(character) }
}

extension OutputBuffer {
  /// Appends a character; U+FFFD for `undefined`. Returns 1 for that, else 0.
  @inline(__always)
  mutating func append<Spelling: CharacterSpelling>(_ character: EncodedScalar, as spelling: Spelling.Type) -> Int {
    if character.count == 1 {
      spelling.append(UInt8(truncatingIfNeeded: character.bytes), to: &self)
      return 0
    }
    guard character.isDefined else {
      append("\u{FFFD}")
      return 1
    }
    append(word: character.bytes, count: character.count)
    return 0
  }
}
