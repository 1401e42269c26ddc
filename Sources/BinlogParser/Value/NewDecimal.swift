import Bytes

/// DECIMAL(precision, scale), `MYSQL_TYPE_NEWDECIMAL`.
///
/// Wire: big-endian groups of nine digits in four bytes, counted from the decimal point both ways; what is left at
/// either end takes 1 to 4 bytes for 1 to 8 digits. The top bit of the first byte is set for a number that is not
/// negative; a negative number has all its bits inverted.
///
/// See <https://dev.mysql.com/doc/refman/en/precision-math-decimal-characteristics.html>.
public struct NewDecimal: BitwiseCopyable, Sendable {
  /// The most digits of a DECIMAL: nine groups. Columns have at most 65; in JSON the server counts whole groups.
  public static var maxPrecision: UInt8 { 81 }
  /// The most digits after the point.
  public static var maxScale: UInt8 { 30 }

  /// Digits before the first whole group, and groups of nine digits before the point.
  @usableFromInline let leadingDigits: UInt8, integerGroups: UInt8
  /// Groups of nine digits after the point, and digits after the last of them.
  @usableFromInline let fractionGroups: UInt8, trailingDigits: UInt8

  /// Bytes of one value.
  @inlinable public var byteCount: Int {
    Self.byteCount(digits: leadingDigits) &+ 4 &* Int(integerGroups &+ fractionGroups)
      &+ Self.byteCount(digits: trailingDigits)
  }

  /// The layout of a column of `precision` digits, `scale` of them after the point.
  ///
  /// Throws `invalid` where no such number exists: precision 0 or above 81, scale above 30 or above the precision.
  public init(precision: UInt8, scale: UInt8) throws(DecodeError) {
    guard precision >= 1, precision <= Self.maxPrecision else {
      throw DecodeError(.invalid, at: 0, "DECIMAL precision")
    }
    guard scale <= Self.maxScale, scale <= precision else { throw DecodeError(.invalid, at: 0, "DECIMAL scale") }
    (integerGroups, leadingDigits) = (precision - scale).quotientAndRemainder(dividingBy: 9)
    (fractionGroups, trailingDigits) = scale.quotientAndRemainder(dividingBy: 9)
  }

  /// Bytes that hold a group of 0 to 8 digits: two digits a byte, rounded up, except that four bytes hold 7 to 9.
  @inlinable
  static func byteCount(digits: UInt8) -> Int { Int((digits &+ 1) &>> 1) }

  /// Appends the text of one value: at least one digit before the point, exactly `scale` after it: "-0.50".
  ///
  /// A zero has no sign, as the server prints it. Throws `truncated` or `trailingBytes` unless there are exactly
  /// `byteCount` bytes, and `invalid` for a group that is larger than its digits can say; then nothing is appended.
  @inlinable
  public func append(_ bytes: RawSpan, to out: inout OutputBuffer) throws(DecodeError) {
    var cursor = ByteCursor(bytes)
    guard cursor.remaining >= byteCount else { throw DecodeError(.truncated, at: cursor.remaining, "DECIMAL") }
    guard cursor.remaining == byteCount else { throw DecodeError(.trailingBytes, at: byteCount, "DECIMAL") }
    let start = out.count
    var groups = NewDecimalGroups(isNegative: bytes[byteAt: 0] & 0x80 == 0)
    out.reserve(Int(Self.maxPrecision) + 16)
    if groups.isNegative { out.appendUnchecked(UInt8(ascii: "-")) }
    do throws(DecodeError) {
      try appendInteger(&cursor, &groups, to: &out)
      try appendFraction(&cursor, &groups, to: &out)
    } catch {
      out.truncate(to: start)
      throw error
    }
    if groups.isNegative, groups.union == 0 { appendZero(to: &out, from: start) }
  }

  @inlinable
  func appendInteger(
    _ cursor: inout ByteCursor, _ groups: inout NewDecimalGroups, to out: inout OutputBuffer
  ) throws(DecodeError) {
    var whole: UInt64 = 0
    if leadingDigits > 0 { whole = UInt64(try groups.next(&cursor, digits: leadingDigits)) }
    if integerGroups > 0 { whole = whole &* 1_000_000_000 &+ UInt64(try groups.next(&cursor, digits: 9)) }
    if whole > 0 || integerGroups < 2 { out.append(decimal: whole) }
    guard integerGroups > 1 else { return }
    try appendIntegerGroups(&cursor, &groups, to: &out)
  }

  /// Appends the groups of nine digits after the first two.
  @usableFromInline
  func appendIntegerGroups(
    _ cursor: inout ByteCursor, _ groups: inout NewDecimalGroups, to out: inout OutputBuffer
  ) throws(DecodeError) {
    for _ in 1..<integerGroups {
      let hasDigits = groups.union > 0
      let group = try groups.next(&cursor, digits: 9)
      if hasDigits {
        out.append(digits: group, width: 9)
      } else if group > 0 {
        out.append(decimal: UInt64(group))
      }
    }
    if groups.union == 0 { out.append(UInt8(ascii: "0")) }
  }

  @inlinable
  func appendFraction(
    _ cursor: inout ByteCursor, _ groups: inout NewDecimalGroups, to out: inout OutputBuffer
  ) throws(DecodeError) {
    guard fractionGroups | trailingDigits != 0 else { return }
    out.append(UInt8(ascii: "."))
    for _ in 0..<fractionGroups { out.append(digits: try groups.next(&cursor, digits: 9), width: 9) }
    guard trailingDigits > 0 else { return }
    out.append(digits: try groups.next(&cursor, digits: trailingDigits), width: Int(trailingDigits))
  }

  /// Replaces the text since `start` by the zero of this scale.
  @usableFromInline
  func appendZero(to out: inout OutputBuffer, from start: Int) {
    let digits = out.count - start - 1
    out.truncate(to: start)
    out.append(UInt8(ascii: "0"))
    guard digits > 1 else { return }
    out.append(UInt8(ascii: "."))
    out.append(repeating: UInt8(ascii: "0"), count: digits - 2)
  }
}

/// The groups of one value, read one after the other.
@usableFromInline
struct NewDecimalGroups: BitwiseCopyable {
  @usableFromInline let isNegative: Bool
  /// All groups so far, one over the other: 0 for a zero.
  @usableFromInline var union: UInt32 = 0
  /// The sign bit of the first byte, to be flipped once.
  @usableFromInline var signBit: UInt32 = 0x80

  @inlinable
  init(isNegative: Bool) { self.isNegative = isNegative }

  /// Reads a group of 1 to 9 digits and turns its bits back.
  @inlinable @inline(__always)
  mutating func next(_ cursor: inout ByteCursor, digits: UInt8) throws(DecodeError) -> UInt32 {
    let offset = cursor.offset
    let inversion: UInt32 = isNegative ? .max : 0
    let group: UInt32
    switch digits {
    case 1, 2: group = UInt32(try cursor.uint8("DECIMAL group")) ^ inversion & 0xFF ^ signBit
    case 3, 4: group = UInt32(try cursor.uint16("DECIMAL group").byteSwapped) ^ inversion & 0xFFFF ^ signBit &<< 8
    case 5, 6:
      group = try cursor.uint24("DECIMAL group").byteSwapped &>> 8 ^ inversion & 0xFF_FFFF ^ signBit &<< 16
    default: group = try cursor.uint32("DECIMAL group").byteSwapped ^ inversion ^ signBit &<< 24
    }
    guard group < Self.bound(digits: digits) else { throw DecodeError(.invalid, at: offset, "DECIMAL group") }
    signBit = 0
    union |= group
    return group
  }

  /// The power of ten above a group of 1 to 9 digits.
  @inlinable
  static func bound(digits: UInt8) -> UInt32 {
    switch digits {
    case 1: 10
    case 2: 100
    case 3: 1_000
    case 4: 10_000
    case 5: 100_000
    case 6: 1_000_000
    case 7: 10_000_000
    case 8: 100_000_000
    default: 1_000_000_000
    }
  }
}
