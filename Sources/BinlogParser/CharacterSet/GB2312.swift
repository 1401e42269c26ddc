import Bytes

/// gb2312: two bytes, row and cell, each from 0xA1 on.
///
/// See <https://dev.mysql.com/doc/refman/en/charset-asian-sets.html>.
struct GB2312: MultiByteEncoding {
  private let plane = CodePlane(rows: 94, columns: 94, GB2312Source.source)

  static let gb2312 = GB2312()

  func decode(_ text: RawSpan, at offset: Int) -> DecodedCode {
    let lead = text[byteAt: offset]
    guard lead >= 0xA1, lead <= 0xF7, offset &+ 1 < text.byteCount else { return .invalid }
    let trail = text[byteAt: offset &+ 1]
    guard trail >= 0xA1, trail <= 0xFE else { return .invalid }
    return DecodedCode(scalar: plane[Int(lead &- 0xA1), Int(trail &- 0xA1)], count: 2)
  }
}
