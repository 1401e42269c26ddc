import Bytes

/// How the values of a temporal column of the old types lie in a row.
///
/// As MariaDB 10.11 and 11.8 write them, for 1 to 6 digits: TIME in 4, 4, 5, 5, 5, 6 bytes, DATETIME in 6, 6, 7, 7, 7, 8, both
/// a big-endian number that counts in the last digit; TIMESTAMP in 4 bytes, and its fraction in 1, 1, 2, 2, 3, 3.
struct OldTemporalShape: Equatable {
  /// Bytes of a value; 0 for the type's own, without fraction.
  private let byteCount: Int
  /// Bytes that only have to be there, before those that are a number.
  private let skippedCount: Int
  /// The number is below this.
  private let limit: UInt64

  /// Without fraction.
  static var plain: OldTemporalShape { OldTemporalShape(byteCount: 0, skippedCount: 0, limit: 0) }

  /// True if there is a fraction.
  var isFraction: Bool { byteCount > 0 }

  /// The shapes of a column of `kind`, `plain` first; none for other kinds.
  ///
  /// A DATETIME(6) is as long as one without fraction. What can be read as that counts as that: of ten million DATETIME(6), not one
  /// can, but the zero date, which looks the same in both.
  static func all(of kind: ColumnPlan.Kind, plainIsPossible: Bool) -> [OldTemporalShape] {
    switch kind {
    case .oldTime:
      [.plain, number(4, below: times * 100), number(5, below: times * 100_000), number(6, below: times * 1_000_000)]
    case .oldTimestamp: [.plain, fraction(1, below: 100), fraction(2, below: 10_000), fraction(3, below: 1_000_000)]
    case .oldDateTime where plainIsPossible:
      [.plain, number(6, below: moments * 100), number(7, below: moments * 100_000)]
    case .oldDateTime:
      [number(8, below: moments * 1_000_000), number(6, below: moments * 100), number(7, below: moments * 100_000)]
    default: []
    }
  }

  /// Twice the seconds of the longest TIME and one: zero lies in the middle.
  private static var times: UInt64 { 2 * (838 * 3600 + 59 * 60 + 60) }
  /// Seconds behind the last DATETIME, in months of 32 days and years of 13 months.
  private static var moments: UInt64 { 10_000 * 13 * 32 * 86_400 }

  private static func number(_ byteCount: Int, below limit: UInt64) -> OldTemporalShape {
    OldTemporalShape(byteCount: byteCount, skippedCount: 0, limit: limit)
  }

  private static func fraction(_ byteCount: Int, below limit: UInt64) -> OldTemporalShape {
    OldTemporalShape(byteCount: 4 + byteCount, skippedCount: 4, limit: limit)
  }

  /// Reads a value of this shape, which is not `plain`; returns whether there can be such a value.
  @_lifetime(cursor: copy cursor)
  func matches(_ cursor: inout ByteCursor) throws(DecodeError) -> Bool {
    try cursor.skip(skippedCount, "TIMESTAMP")
    return try cursor.uintBigEndian(bytes: byteCount - skippedCount, "temporal value") < limit
  }
}
