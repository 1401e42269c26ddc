import Bytes

// https://github.com/apache/parquet-format/blob/master/Encodings.md

extension OutputBuffer {
  /// ULEB128: seven bits a byte, least significant first, the top bit set on all bytes but the last.
  package mutating func appendULEB128(_ value: UInt64) {
    reserve(10)
    var rest = value
    while rest >= 0x80 {
      appendUnchecked(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    appendUnchecked(UInt8(truncatingIfNeeded: rest))
  }

  /// ULEB128 after zigzag, which makes numbers near zero small: 0, -1, 1, -2 … become 0, 1, 2, 3 …
  package mutating func appendZigzagULEB128(_ value: Int64) {
    appendULEB128(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }
}
