// Days and moments as numbers. The calendar of years before 1583 is the Gregorian one too, as in MySQL, SQL and Parquet.

extension CivilDate {
  /// Days since 1970-01-01; nil for a day that no calendar has: zero parts, the year 0, "2023-02-31".
  @inlinable
  public var daysSinceEpoch: Int32? {
    guard year > 0, month > 0, day > 0, day <= Self.lastDay(year: year, month: month) else { return nil }
    // Years begin in March here, so that the day in February that comes and goes is the last of a year.
    let isNextYear = month <= 2
    let shiftedYear = Int32(year) &- (isNextYear ? 1 : 0)
    let shiftedMonth = Int32(month) &+ (isNextYear ? 9 : -3)
    let century = shiftedYear / 100
    let dayOfYear = (153 &* shiftedMonth &+ 2) / 5 &+ Int32(day) &- 1
    let yearOfCentury = shiftedYear &- century &* 100
    return (146_097 &* century) / 4 &+ (1_461 &* yearOfCentury) / 4 &+ dayOfYear &- 719_468
  }

  /// The last day of a month, 28 to 31.
  @inlinable
  static func lastDay(year: UInt16, month: UInt8) -> UInt8 {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
    default: 31
    }
  }
}

extension CivilDateTime {
  /// Microseconds since 1970-01-01 00:00:00 of the same clock; nil for a day that no calendar has.
  @inlinable
  public var microsecondsSinceEpoch: Int64? { date.daysSinceEpoch.map { microseconds(onDay: $0) } }

  /// Microseconds since 1970-01-01 00:00:00 of the same clock, where the date is `days` behind that day.
  @inlinable
  public func microseconds(onDay days: Int32) -> Int64 {
    let minutes = (Int64(days) &* 24 &+ Int64(hour)) &* 60 &+ Int64(minute)
    return (minutes &* 60 &+ Int64(second)) &* 1_000_000 &+ Int64(microsecond)
  }
}

extension Timestamp {
  /// Microseconds since 1970-01-01 00:00:00 UTC; nil for the zero date.
  @inlinable
  public var microsecondsSinceEpoch: Int64? {
    isZero ? nil : Int64(seconds) &* 1_000_000 &+ Int64(microsecond)
  }
}
