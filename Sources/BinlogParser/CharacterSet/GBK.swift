import Bytes

/// gbk and gb18030: two bytes, the second in 0x40 to 0x7E or 0x80 to 0xFE; gb18030 adds codes of four bytes for the rest of
/// Unicode.
///
/// See <https://dev.mysql.com/doc/refman/en/charset-gb18030.html>.
struct GBK: MultiByteEncoding {
  private let plane: CodePlane
  /// The code points that gb18030's four-byte codes below 0x90308130 stand for, in their order; empty for gbk.
  private let fourByte: [UInt16]

  static let gbk = GBK(plane: gbkPlane, fourByte: [])
  static let gb18030 = GBK(plane: gb18030Plane, fourByte: fourByteCodePoints)

  /// GB 2312 has the second bytes from 0xA1 on. The other unified ideographs of Unicode 1.1 fill, in their order, the rows
  /// from 0x81 to 0xA0, and then the second bytes below 0xA1 from row 0xAA on.
  private static let gbkPlane: CodePlane = {
    let standard = CodePlane(rows: 94, columns: 94, GB2312Source.source)
    var plane = CodePlane(rows: 126, columns: 190)
    for row in 0..<94 {
      for cell in 0..<94 where standard[row, cell] != CodePlane.undefined {
        plane[row + 32, cell + 96] = standard[row, cell]
      }
    }
    let present = standard.codePoints
    var (row, cell) = (0, 0)
    for scalar in UInt16(0x4E00)...0x9FA5 where !present.contains(scalar) {
      plane[row, cell] = UInt32(scalar)
      cell += 1
      if cell == (row < 32 ? plane.columns : 96) { (row, cell) = (row == 31 ? 41 : row + 1, 0) }
    }
    plane.add(GBKExtension.source)
    return plane
  }()

  /// Three areas of gb18030 are for private use, one after the other.
  private static let gb18030Plane: CodePlane = {
    var plane = gbkPlane
    var scalar: UInt32 = 0xE000
    for (rows, cells) in [(41..<47, 96..<190), (119..<126, 96..<190), (32..<39, 0..<96)] {
      for row in rows {
        for cell in cells {
          plane[row, cell] = scalar
          scalar += 1
        }
      }
    }
    plane.add(GB18030Extension.source)
    return plane
  }()

  /// What has no shorter code, in Unicode's order. In the year 2000 0xA8BC stood for U+E7C7; when it became U+1E3F, the
  /// two changed places.
  private static let fourByteCodePoints: [UInt16] = {
    let (moved, place) = (UInt16(0xE7C7), UInt16(0x1E3F))
    let present = gb18030Plane.codePoints
    return (UInt16(0x80)...UInt16.max).filter { scalar in
      scalar == place || scalar != moved && !present.contains(scalar) && scalar & 0xF800 != 0xD800
    }.map { $0 == place ? moved : $0 }
  }()

  func decode(_ text: RawSpan, at offset: Int) -> DecodedCode {
    let lead = text[byteAt: offset]
    guard lead >= 0x81, lead <= 0xFE, offset &+ 1 < text.byteCount else { return .invalid }
    let trail = text[byteAt: offset &+ 1]
    switch trail {
    case 0x30...0x39: return decodeFourBytes(text, at: offset)
    case 0x40...0x7E: return DecodedCode(scalar: plane[Int(lead &- 0x81), Int(trail &- 0x40)], count: 2)
    case 0x80...0xFE: return DecodedCode(scalar: plane[Int(lead &- 0x81), Int(trail &- 0x41)], count: 2)
    default: return .invalid
    }
  }

  /// Four bytes count through 126, 10, 126 and 10 values.
  private func decodeFourBytes(_ text: RawSpan, at offset: Int) -> DecodedCode {
    guard !fourByte.isEmpty, text.byteCount &- offset >= 4 else { return .invalid }
    let (third, fourth) = (text[byteAt: offset &+ 2], text[byteAt: offset &+ 3])
    guard third >= 0x81, third <= 0xFE, fourth >= 0x30, fourth <= 0x39 else { return .invalid }
    let high = Int(text[byteAt: offset] &- 0x81) &* 10 &+ Int(text[byteAt: offset &+ 1] &- 0x30)
    let number = (high &* 126 &+ Int(third &- 0x81)) &* 10 &+ Int(fourth &- 0x30)
    let supplementary = number &- 15 &* 12_600
    if number < fourByte.count { return DecodedCode(scalar: UInt32(fourByte[number]), count: 4) }
    guard supplementary >= 0, supplementary < 0x10_0000 else {
      return DecodedCode(scalar: CodePlane.undefined, count: 4)
    }
    return DecodedCode(scalar: UInt32(0x1_0000 &+ supplementary), count: 4)
  }
}
