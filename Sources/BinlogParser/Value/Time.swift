import Bytes

/// A length of time or a time of day: TIME, from -838:59:59 to 838:59:59.
///
/// Wire of `MYSQL_TYPE_TIME2`: three bytes and the fraction, read as one big-endian number whose zero is the top bit; a
/// negative time is the two's complement of all of it. Below the sign and an unused bit: hour in 10 bits, minute in 6,
/// second in 6. Wire of the old `MYSQL_TYPE_TIME`: a signed `int<3>`, the decimal number hhhmmss.
///
/// See <https://dev.mysql.com/doc/refman/en/time.html>.
public struct Time: BitwiseCopyable, Equatable, Sendable {
  /// True if the whole is below zero.
  public let isNegative: Bool
  /// 0 to 838.
  public let hour: UInt16
  /// 0 to 59.
  public let minute: UInt8
  /// 0 to 59.
  public let second: UInt8
  /// 0 to 999999.
  public let microsecond: UInt32

  /// A time; nil when a part is beyond its range.
  @inlinable
  init?(isNegative: Bool, hour: UInt32, minute: UInt32, second: UInt32, microsecond: UInt32) {
    guard hour <= 838, minute <= 59, second <= 59, microsecond <= 999_999 else { return nil }
    self.isNegative = isNegative
    self.hour = UInt16(truncatingIfNeeded: hour)
    self.minute = UInt8(truncatingIfNeeded: minute)
    self.second = UInt8(truncatingIfNeeded: second)
    self.microsecond = microsecond
  }

  /// A time from hour, minute and second in 10, 6 and 6 bits; nil when a part, or a bit above, is beyond its range.
  @inlinable
  init?(isNegative: Bool, packed: UInt64, microsecond: UInt32) {
    guard packed &>> 22 == 0 else { return nil }
    let bits = UInt32(truncatingIfNeeded: packed)
    self.init(
      isNegative: isNegative, hour: bits &>> 12, minute: (bits &>> 6) & 63, second: bits & 63,
      microsecond: microsecond)
  }

  /// Reads a TIME2 of `fractionDigits` digits (0 to 6). Throws `truncated`, or `invalid` for a part beyond its range.
  @inlinable
  public static func read(_ cursor: inout ByteCursor, fractionDigits: Int) throws(DecodeError) -> Time {
    let offset = cursor.offset
    let fractionBytes = try FractionalSeconds.byteCount(digits: fractionDigits)
    let fractionBits = UInt64(8 &* fractionBytes)
    let stored = try cursor.uintBigEndian(bytes: 3 &+ fractionBytes, "TIME")
    let zero: UInt64 = 0x80_0000 &<< fractionBits
    let isNegative = stored < zero
    let magnitude = isNegative ? zero &- stored : stored &- zero
    let fraction = UInt32(truncatingIfNeeded: magnitude & (1 &<< fractionBits &- 1))
    guard
      let microsecond = FractionalSeconds.microseconds(fraction, byteCount: fractionBytes),
      let value = Time(isNegative: isNegative, packed: magnitude &>> fractionBits, microsecond: microsecond)
    else { throw DecodeError(.invalid, at: offset, "TIME") }
    return value
  }

  /// Reads an old TIME, of three bytes and without a fraction. Throws as `read` does.
  @inlinable
  public static func readOld(_ cursor: inout ByteCursor) throws(DecodeError) -> Time {
    let offset = cursor.offset
    let stored = Int32(bitPattern: try cursor.uint24("TIME") &<< 8) &>> 8
    let magnitude = stored.magnitude
    guard
      let value = Time(
        isNegative: stored < 0, hour: magnitude / 10_000, minute: magnitude / 100 % 100, second: magnitude % 100,
        microsecond: 0)
    else { throw DecodeError(.invalid, at: offset, "TIME") }
    return value
  }

  /// Appends "-838:59:59.000000", hours in two digits or three, with exactly `fractionDigits` (0 to 6) digits.
  @inlinable
  public func append(to out: inout OutputBuffer, fractionDigits: Int) {
    out.reserve(32)
    if isNegative { out.appendUnchecked(UInt8(ascii: "-")) }
    var hour = UInt64(hour)
    if hour >= 100 {
      let hundreds = hour / 100
      out.appendUnchecked(UInt8(truncatingIfNeeded: hundreds) &+ UInt8(ascii: "0"))
      hour &-= hundreds &* 100
    }
    out.appendUnchecked(hour: hour, minute: UInt64(minute), second: UInt64(second))
    out.appendUnchecked(microseconds: microsecond, digits: fractionDigits)
  }
}
