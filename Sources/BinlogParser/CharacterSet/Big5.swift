import Bytes

/// big5: two bytes, the second in 0x40 to 0x7E or 0xA1 to 0xFE.
///
/// See <https://dev.mysql.com/doc/refman/en/charset-asian-sets.html>.
struct Big5: MultiByteEncoding {
  private let plane = CodePlane(rows: 89, columns: 157, Big5Source.source)

  static let big5 = Big5()

  func decode(_ text: RawSpan, at offset: Int) -> DecodedCode {
    let lead = text[byteAt: offset]
    guard lead >= 0xA1, lead <= 0xF9, offset &+ 1 < text.byteCount else { return .invalid }
    let trail = text[byteAt: offset &+ 1]
    let cell: UInt8
    switch trail {
    case 0x40...0x7E: cell = trail &- 0x40
    case 0xA1...0xFE: cell = trail &- 0xA1 &+ 63
    default: return .invalid
    }
    return DecodedCode(scalar: plane[Int(lead &- 0xA1), Int(cell)], count: 2)
  }
}
