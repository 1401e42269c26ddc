import Bytes

/// YEAR: one byte, years after 1900; 0 is the year 0, "0000".
///
/// See <https://dev.mysql.com/doc/refman/en/year.html>.
public enum Year {
  /// Reads a year: 0, or 1901 to 2155. Throws `truncated`.
  @inlinable
  public static func read(_ cursor: inout ByteCursor) throws(DecodeError) -> UInt16 {
    let stored = UInt16(try cursor.uint8("YEAR"))
    return stored == 0 ? 0 : stored &+ 1900
  }
}
