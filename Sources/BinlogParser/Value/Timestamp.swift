import Bytes

/// A moment in UTC: TIMESTAMP.
///
/// Wire of `MYSQL_TYPE_TIMESTAMP2`: seconds since 1970-01-01 00:00:00 UTC in four bytes, big-endian, unsigned (MariaDB
/// 11.5 and later reaches 2106), then the fraction. Wire of the old `MYSQL_TYPE_TIMESTAMP`: the seconds as `int<4>`. No
/// seconds and no fraction mean the zero date, not 1970.
///
/// See <https://dev.mysql.com/doc/refman/en/datetime.html>.
public struct Timestamp: BitwiseCopyable, Equatable, Sendable {
  /// Seconds since 1970-01-01 00:00:00 UTC.
  public let seconds: UInt32
  /// 0 to 999999.
  public let microsecond: UInt32

  @inlinable
  init(seconds: UInt32, microsecond: UInt32) {
    self.seconds = seconds
    self.microsecond = microsecond
  }

  /// True if this is the zero date, "0000-00-00 00:00:00".
  @inlinable public var isZero: Bool { seconds | microsecond == 0 }

  /// Reads a TIMESTAMP2 of `fractionDigits` digits (0 to 6). Throws `truncated`, or `invalid` for the fraction.
  @inlinable @inline(__always)
  public static func read(_ cursor: inout ByteCursor, fractionDigits: Int) throws(DecodeError) -> Timestamp {
    let seconds = try cursor.uint32("TIMESTAMP").byteSwapped
    return Timestamp(seconds: seconds, microsecond: try FractionalSeconds.read(&cursor, digits: fractionDigits))
  }

  /// Reads an old TIMESTAMP, of four bytes and without a fraction. Throws `truncated`.
  @inlinable
  public static func readOld(_ cursor: inout ByteCursor) throws(DecodeError) -> Timestamp {
    Timestamp(seconds: try cursor.uint32("TIMESTAMP"), microsecond: 0)
  }

  /// Appends "2024-01-31 10:11:12.123", with exactly `fractionDigits` (0 to 6) digits and no point for none.
  @inlinable
  public func append(to out: inout OutputBuffer, fractionDigits: Int) {
    moment.append(to: &out, fractionDigits: fractionDigits)
  }

  /// Appends "2024-01-31T10:11:12.123Z", as RFC 3339 spells it; the zero date is "0000-00-00T00:00:00Z".
  @inlinable
  public func appendRFC3339(to out: inout OutputBuffer, fractionDigits: Int) {
    moment.append(to: &out, fractionDigits: fractionDigits, separator: UInt8(ascii: "T"))
    out.append(UInt8(ascii: "Z"))
  }

  /// The date and time in UTC.
  @inlinable public var moment: CivilDateTime {
    isZero ? .zero : CivilDateTime(secondsSinceEpoch: seconds, microsecond: microsecond)
  }
}
