import Bytes

/// One character of UTF-8: one to four bytes, by table 3-7 of the Unicode Standard.
enum UTF8Sequence {
  /// Measures the sequence that begins at `offset` with a byte above 0x7F.
  ///
  /// An ill-formed sequence counts its maximal subpart: the bytes that could begin a character, at least one.
  static func measure(_ text: RawSpan, at offset: Int) -> (count: Int, isWellFormed: Bool) {
    let first = text[byteAt: offset]
    let (count, second) = shape(of: first)
    guard count > 1 else { return (1, false) }
    var read = 1
    while read < count, offset + read < text.byteCount {
      let range = read == 1 ? second : 0x80...0xBF
      guard range.contains(text[byteAt: offset + read]) else { return (read, false) }
      read += 1
    }
    return (read, read == count)
  }

  /// The length of a sequence by its first byte, and the range of its second byte; length 1 for no first byte.
  private static func shape(of first: UInt8) -> (count: Int, second: ClosedRange<UInt8>) {
    switch first {
    case 0xC2...0xDF: (2, 0x80...0xBF)
    case 0xE0: (3, 0xA0...0xBF)
    case 0xED: (3, 0x80...0x9F)
    case 0xE1...0xEF: (3, 0x80...0xBF)
    case 0xF0: (4, 0x90...0xBF)
    case 0xF1...0xF3: (4, 0x80...0xBF)
    case 0xF4: (4, 0x80...0x8F)
    default: (1, 0x80...0xBF)
    }
  }
}

extension RawSpan {
  /// True if the bytes are well-formed UTF-8.
  public var isWellFormedUTF8: Bool {
    isASCII || (try? UTF8Span(validating: unsafe _unsafeView(as: UInt8.self))) != nil
  }

  /// True if no byte has its highest bit.
  @inline(__always)
  private var isASCII: Bool {
    var bits: UInt64 = 0
    var offset = 0
    while byteCount &- offset >= 8 {
      bits |= unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
      offset &+= 8
    }
    while offset < byteCount {
      bits |= UInt64(self[byteAt: offset])
      offset &+= 1
    }
    return bits & 0x8080_8080_8080_8080 == 0
  }
}
