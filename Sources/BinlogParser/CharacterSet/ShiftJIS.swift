import Bytes

/// sjis and cp932: two bytes for JIS X 0208, of which each first byte covers two rows; one byte for half-width katakana.
///
/// See <https://dev.mysql.com/doc/refman/en/charset-asian-sets.html>.
struct ShiftJIS: MultiByteEncoding {
  private let plane: CodePlane
  /// True if rows 95 to 114 are for private use, as in cp932.
  private let hasPrivateUse: Bool

  static let sjis = ShiftJIS(plane: CodePlane(rows: 84, columns: 94, JISX0208.source), hasPrivateUse: false)
  static let cp932 = ShiftJIS(
    plane: CodePlane(rows: 119, columns: 94, JISX0208.source, CP932Extension.source), hasPrivateUse: true)

  func decode(_ text: RawSpan, at offset: Int) -> DecodedCode {
    let lead = text[byteAt: offset]
    if lead >= 0xA1, lead <= 0xDF { return DecodedCode(scalar: 0xFF61 &+ UInt32(lead &- 0xA1), count: 1) }
    guard lead > 0x80, lead != 0xA0, lead <= 0xFC, offset &+ 1 < text.byteCount else { return .invalid }
    let trail = text[byteAt: offset &+ 1]
    guard trail >= 0x40, trail != 0x7F, trail <= 0xFC else { return .invalid }
    let isSecondRow = trail >= 0x9F
    let row = 2 &* Int(lead &- (lead < 0xA0 ? 0x81 : 0xC1)) &+ (isSecondRow ? 1 : 0)
    let cell = Int(trail &- (isSecondRow ? 0x9F : trail > 0x7F ? 0x41 : 0x40))
    guard hasPrivateUse, row >= 94, row < 114 else { return DecodedCode(scalar: plane[row, cell], count: 2) }
    return DecodedCode(scalar: UInt32(0xE000 &+ (row &- 94) &* 94 &+ cell), count: 2)
  }
}
