import Bytes

/// ujis and eucjpms: two bytes for JIS X 0208, 0x8E and a byte for half-width katakana, 0x8F and two bytes for JIS X 0212;
/// rows 85 to 94 of both are for private use.
///
/// See <https://dev.mysql.com/doc/refman/en/charset-asian-sets.html>.
struct EUCJP: MultiByteEncoding {
  private let plane: CodePlane
  private let supplement: CodePlane

  static let ujis = EUCJP(
    plane: CodePlane(rows: 84, columns: 94, JISX0208.source),
    supplement: CodePlane(rows: 84, columns: 94, JISX0212.source))
  static let eucjpms = EUCJP(
    plane: CodePlane(rows: 84, columns: 94, JISX0208.source, CP932Extension.source),
    supplement: CodePlane(rows: 84, columns: 94, JISX0212.source, EUCJPMSExtension.source))

  func decode(_ text: RawSpan, at offset: Int) -> DecodedCode {
    let lead = text[byteAt: offset]
    let count = lead == 0x8F ? 3 : 2
    guard lead == 0x8E || lead == 0x8F || lead >= 0xA1 && lead <= 0xFE, text.byteCount &- offset >= count else {
      return .invalid
    }
    let last = text[byteAt: offset &+ count &- 1]
    guard last >= 0xA1, last <= 0xFE else { return .invalid }
    if lead == 0x8E {
      return DecodedCode(scalar: last <= 0xDF ? 0xFF61 &+ UInt32(last &- 0xA1) : CodePlane.undefined, count: 2)
    }
    let rowByte = text[byteAt: offset &+ count &- 2]
    guard rowByte >= 0xA1, rowByte <= 0xFE else { return .invalid }
    let (row, cell) = (Int(rowByte &- 0xA1), Int(last &- 0xA1))
    if row >= 84 {
      let start = count == 3 ? 0xE3AC : 0xE000
      return DecodedCode(scalar: UInt32(start &+ (row &- 84) &* 94 &+ cell), count: count)
    }
    return DecodedCode(scalar: count == 3 ? supplement[row, cell] : plane[row, cell], count: count)
  }
}
