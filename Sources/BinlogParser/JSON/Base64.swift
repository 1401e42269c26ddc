import Bytes

// Base64 (RFC 4648) as the server spells it inside of a JSON string: a line break, escaped, after 76 characters.

extension OutputBuffer {
  /// Appends `bytes` in base64; between every 57 bytes and the next stands `\n`.
  mutating func append(base64 bytes: RawSpan) {
    var cursor = ByteCursor(bytes)
    reserve(bytes.byteCount / 3 * 4 + bytes.byteCount / 57 * 2 + 8)
    while cursor.remaining > 0 {
      if cursor.offset > 0, cursor.offset % 57 == 0 { append("\\n") }
      let count = min(cursor.remaining, 3)
      guard let group = try? cursor.uintBigEndian(bytes: count, "base64") else { return }
      let bits = UInt32(truncatingIfNeeded: group) &<< UInt32(8 &* (3 &- count))
      for index in 0...count { append(Self.base64Digit(bits &>> UInt32(18 &- 6 &* index) & 63)) }
      append(repeating: UInt8(ascii: "="), count: 3 &- count)
    }
  }

  /// The character for six bits.
  private static func base64Digit(_ bits: UInt32) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: bits)
    return switch value {
    case ..<26: UInt8(ascii: "A") &+ value
    case ..<52: UInt8(ascii: "a") &+ value &- 26
    case ..<62: UInt8(ascii: "0") &+ value &- 52
    case 62: UInt8(ascii: "+")
    default: UInt8(ascii: "/")
    }
  }
}
