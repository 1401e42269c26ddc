import Bytes

/// A day and a time of day without a time zone: DATETIME.
///
/// Wire of `MYSQL_TYPE_DATETIME2`: five bytes, big-endian: a set bit, year * 13 + month in 17 bits, day in 5, hour in 5,
/// minute in 6, second in 6; then the fraction. Wire of the old `MYSQL_TYPE_DATETIME`: `int<8>`, the decimal number
/// YYYYMMDDhhmmss.
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/classbinary__log_1_1Table__map__event.html>.
public struct CivilDateTime: BitwiseCopyable, Equatable, Sendable {
  /// The day.
  public let date: CivilDate
  /// 0 to 23.
  public let hour: UInt8
  /// 0 to 59.
  public let minute: UInt8
  /// 0 to 59.
  public let second: UInt8
  /// 0 to 999999.
  public let microsecond: UInt32

  /// A moment; nil when a part is beyond its range.
  @inlinable @inline(__always)
  init?(date: CivilDate?, hour: UInt32, minute: UInt32, second: UInt32, microsecond: UInt32) {
    guard let date, hour <= 23, minute <= 59, second <= 59, microsecond <= 999_999 else { return nil }
    self.date = date
    self.hour = UInt8(truncatingIfNeeded: hour)
    self.minute = UInt8(truncatingIfNeeded: minute)
    self.second = UInt8(truncatingIfNeeded: second)
    self.microsecond = microsecond
  }

  /// "0000-00-00 00:00:00".
  @inlinable static var zero: CivilDateTime {
    CivilDateTime(date: CivilDate(unchecked: 0, 0, 0), secondOfDay: 0, microsecond: 0)
  }

  @inlinable
  init(date: CivilDate, secondOfDay: UInt32, microsecond: UInt32) {
    let minuteOfDay = secondOfDay / 60
    self.date = date
    hour = UInt8(truncatingIfNeeded: minuteOfDay / 60)
    minute = UInt8(truncatingIfNeeded: minuteOfDay % 60)
    second = UInt8(truncatingIfNeeded: secondOfDay &- minuteOfDay &* 60)
    self.microsecond = microsecond
  }

  /// A moment in UTC, `seconds` after 1970-01-01 00:00:00.
  @inlinable
  init(secondsSinceEpoch seconds: UInt32, microsecond: UInt32) {
    let days = seconds / 86_400
    self.init(
      date: CivilDate(daysSinceEpoch: days), secondOfDay: seconds &- days &* 86_400, microsecond: microsecond)
  }

  /// A moment from the 40-bit form without its leading bit: year * 13 + month, day, hour, minute, second.
  @inlinable @inline(__always)
  init?(packed: UInt64, microsecond: UInt32) {
    let yearAndMonth = UInt32(truncatingIfNeeded: packed &>> 22)
    let rest = UInt32(truncatingIfNeeded: packed)
    let year = yearAndMonth / 13
    self.init(
      date: CivilDate(year: year, month: yearAndMonth &- year &* 13, day: (rest &>> 17) & 31),
      hour: (rest &>> 12) & 31, minute: (rest &>> 6) & 63, second: rest & 63, microsecond: microsecond)
  }

  /// Reads a DATETIME2 of `fractionDigits` digits (0 to 6).
  ///
  /// Throws `truncated`, or `invalid` for a part beyond its range; zero months and days are values.
  @inlinable @inline(__always)
  public static func read(_ cursor: inout ByteCursor, fractionDigits: Int) throws(DecodeError) -> CivilDateTime {
    let offset = cursor.offset
    let stored = try cursor.uintBigEndian(bytes: 5, "DATETIME")
    let microsecond = try FractionalSeconds.read(&cursor, digits: fractionDigits)
    let leadingBit: UInt64 = 0x80_0000_0000
    guard stored & leadingBit != 0, let value = CivilDateTime(packed: stored ^ leadingBit, microsecond: microsecond)
    else {
      throw DecodeError(.invalid, at: offset, "DATETIME")
    }
    return value
  }

  /// Reads an old DATETIME, of eight bytes and without a fraction. Throws as `read` does.
  @inlinable
  public static func readOld(_ cursor: inout ByteCursor) throws(DecodeError) -> CivilDateTime {
    let offset = cursor.offset
    let stored = try cursor.uint64("DATETIME")
    guard stored <= 99_991_231_235_959 else { throw DecodeError(.invalid, at: offset, "DATETIME") }
    let day = UInt32(truncatingIfNeeded: stored / 1_000_000)
    let time = UInt32(truncatingIfNeeded: stored % 1_000_000)
    guard
      let value = CivilDateTime(
        date: CivilDate(year: day / 10_000, month: day / 100 % 100, day: day % 100),
        hour: time / 10_000, minute: time / 100 % 100, second: time % 100, microsecond: 0)
    else { throw DecodeError(.invalid, at: offset, "DATETIME") }
    return value
  }

  /// Appends "2024-01-31 10:11:12.123", with exactly `fractionDigits` (0 to 6) digits and no point for none.
  @inlinable
  public func append(to out: inout OutputBuffer, fractionDigits: Int) {
    append(to: &out, fractionDigits: fractionDigits, separator: UInt8(ascii: " "))
  }

  @inlinable @inline(__always)
  func append(to out: inout OutputBuffer, fractionDigits: Int, separator: UInt8) {
    out.reserve(40)
    let words = date.words
    out.appendUnchecked(word: words.yearAndMonth, count: 8)
    out.appendUnchecked(word: words.day | UInt64(separator) &<< 16, count: 3)
    out.appendUnchecked(hour: UInt64(hour), minute: UInt64(minute), second: UInt64(second))
    out.appendUnchecked(microseconds: microsecond, digits: fractionDigits)
  }
}
