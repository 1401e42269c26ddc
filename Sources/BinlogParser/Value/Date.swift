import Bytes

/// A day as MySQL keeps it: DATE, and the first half of DATETIME.
///
/// Zero parts are values ("0000-00-00", "2024-00-00"), and so are days that the calendar does not have ("2023-02-31"):
/// the server stores them under the SQL modes that allow them.
///
/// Wire of DATE (`MYSQL_TYPE_DATE` in a row event): `int<3>`, day in the low 5 bits, month in 4, year in 15.
///
/// See <https://dev.mysql.com/doc/refman/en/datetime.html>.
public struct CivilDate: BitwiseCopyable, Equatable, Sendable {
  /// 0 to 9999.
  public let year: UInt16
  /// 0 to 12.
  public let month: UInt8
  /// 0 to 31.
  public let day: UInt8

  @inlinable
  init(unchecked year: UInt32, _ month: UInt32, _ day: UInt32) {
    self.year = UInt16(truncatingIfNeeded: year)
    self.month = UInt8(truncatingIfNeeded: month)
    self.day = UInt8(truncatingIfNeeded: day)
  }

  /// A date; nil beyond year 9999, month 12 or day 31.
  @inlinable @inline(__always)
  init?(year: UInt32, month: UInt32, day: UInt32) {
    guard year <= 9999, month <= 12, day <= 31 else { return nil }
    self.init(unchecked: year, month, day)
  }

  /// The day that is `days` after 1970-01-01.
  @inlinable
  package init(daysSinceEpoch days: UInt32) {
    // Years begin in March here, so that the day in February that comes and goes is the last of a year.
    let shifted = days &+ 719_468
    let century = (4 &* shifted &+ 3) / 146_097
    let dayOfCentury = shifted &- (146_097 &* century) &>> 2
    let yearOfCentury = (4 &* dayOfCentury &+ 3) / 1_461
    let dayOfYear = dayOfCentury &- (1_461 &* yearOfCentury) &>> 2
    let month = (5 &* dayOfYear &+ 2) / 153
    let day = dayOfYear &- (153 &* month &+ 2) / 5 &+ 1
    let isNextYear: UInt32 = month >= 10 ? 1 : 0
    self.init(
      unchecked: century &* 100 &+ yearOfCentury &+ isNextYear, month &+ 3 &- isNextYear &* 12, day)
  }

  /// Reads a DATE. Throws `truncated`, or `invalid` beyond year 9999 or month 12.
  @inlinable
  public static func read(_ cursor: inout ByteCursor) throws(DecodeError) -> CivilDate {
    let offset = cursor.offset
    let packed = try cursor.uint24("DATE")
    guard let date = CivilDate(year: packed &>> 9, month: (packed &>> 5) & 15, day: packed & 31) else {
      throw DecodeError(.invalid, at: offset, "DATE")
    }
    return date
  }

  /// "YYYY-MM-" and "DD" in two words.
  @inlinable @inline(__always)
  var words: (yearAndMonth: UInt64, day: UInt64) {
    let century = UInt64(year) / 100
    let digits = DecimalDigits.pairs(
      century | (UInt64(year) &- century &* 100) &<< 16 | UInt64(month) &<< 32 | UInt64(day) &<< 48)
    let dashes: UInt64 = 0x2D00_002D_0000_0000
    return (digits & 0xFFFF_FFFF | (digits & 0xFFFF_0000_0000) &<< 8 | dashes, digits &>> 48)
  }

  /// Appends "2024-01-31".
  @inlinable
  public func append(to out: inout OutputBuffer) {
    out.reserve(16)
    let words = words
    out.appendUnchecked(word: words.yearAndMonth, count: 8)
    out.appendUnchecked(word: words.day, count: 2)
  }
}
