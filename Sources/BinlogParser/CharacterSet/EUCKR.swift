import Bytes

/// euckr: two bytes for KS X 1001, and the other syllables of Hangul where it leaves room (the server's euckr is
/// Microsoft's code page 949).
///
/// See <https://dev.mysql.com/doc/refman/en/charset-asian-sets.html>.
struct EUCKR: MultiByteEncoding {
  /// Rows by first byte from 0x81, cells by second byte: 26 from 0x41, 26 from 0x61, 126 from 0x81.
  private let plane: CodePlane

  static let euckr = EUCKR()

  /// Where the second bytes from 0xA1 on begin in a row.
  private static var standardCell: Int { 84 }

  private init() {
    let standard = CodePlane(rows: 94, columns: 94, KSX1001.source)
    var plane = CodePlane(rows: 126, columns: 178)
    for row in 0..<94 {
      for cell in 0..<94 where standard[row, cell] != CodePlane.undefined {
        plane[row + 32, cell + Self.standardCell] = standard[row, cell]
      }
    }
    // The other syllables stand in alphabetical order, in whole rows first and then in front of the standard's rows.
    let present = standard.codePoints
    var (row, cell) = (0, 0)
    for scalar in UInt16(0xAC00)...0xD7A3 where !present.contains(scalar) {
      plane[row, cell] = UInt32(scalar)
      cell += 1
      if cell == (row < 32 ? plane.columns : Self.standardCell) { (row, cell) = (row + 1, 0) }
    }
    self.plane = plane
  }

  func decode(_ text: RawSpan, at offset: Int) -> DecodedCode {
    let lead = text[byteAt: offset]
    guard lead >= 0x81, lead <= 0xFE, offset &+ 1 < text.byteCount else { return .invalid }
    let trail = text[byteAt: offset &+ 1]
    let cell: UInt8
    switch trail {
    case 0x41...0x5A: cell = trail &- 0x41
    case 0x61...0x7A: cell = trail &- 0x61 &+ 26
    case 0x81...0xFE: cell = trail &- 0x81 &+ 52
    default: return .invalid
    }
    return DecodedCode(scalar: plane[Int(lead &- 0x81), Int(cell)], count: 2)
  }
}
