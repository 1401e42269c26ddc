import Bytes

// Lower-case hexadecimal, four bytes in and eight characters out at a time, inside one 64-bit word.

extension OutputBuffer {
  /// Appends two lower-case hexadecimal digits for each byte, without a prefix.
  public mutating func append(hex bytes: RawSpan) {
    var cursor = ByteCursor(bytes)
    reserve(bytes.byteCount * 2 + 8)
    while let group = try? cursor.uint32("hex") { appendLittleEndian(Self.hexDigits(group)) }
    let count = cursor.remaining
    guard let group = try? cursor.uint(bytes: count, "hex") else { return }
    append(word: Self.hexDigits(UInt32(truncatingIfNeeded: group)), count: 2 * count)
  }

  /// The digits of the four bytes of `group`, lowest byte first, as text.
  private static func hexDigits(_ group: UInt32) -> UInt64 {
    var lanes = UInt64(group)
    lanes = (lanes | lanes &<< 16) & 0x0000_FFFF_0000_FFFF
    lanes = (lanes | lanes &<< 8) & 0x00FF_00FF_00FF_00FF
    let nibbles = (lanes &>> 4) & 0x000F_000F_000F_000F | (lanes & 0x000F_000F_000F_000F) &<< 8
    let isLetter = ((nibbles &+ 0x0606_0606_0606_0606) &>> 4) & 0x0101_0101_0101_0101
    return nibbles &+ 0x3030_3030_3030_3030 &+ isLetter &* 39
  }
}
