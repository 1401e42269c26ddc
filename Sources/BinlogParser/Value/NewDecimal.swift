import Bytes

/// DECIMAL(precision, scale), `MYSQL_TYPE_NEWDECIMAL`.
///
/// Wire: big-endian groups of nine digits in four bytes, counted from the decimal point both ways; what is left at
/// either end takes 1 to 4 bytes for 1 to 8 digits. The top bit of the first byte is set for a number that is not
/// negative; a negative number has all its bits inverted.
///
/// See <https://dev.mysql.com/doc/refman/en/precision-math-decimal-characteristics.html>.
public struct NewDecimal: BitwiseCopyable, Sendable {
  /// The most digits of a DECIMAL.
  public static var maxPrecision: UInt8 { 65 }
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
  /// Throws `invalid` where no such column exists: precision 0 or above 65, scale above 30 or above the precision.
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

  /// The power of ten above a group of 0 to 8 digits.
  @inlinable
  static func bound(digits: UInt8) -> UInt32 {
    switch digits {
    case 0: 1
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
    do throws(DecodeError) {
      try append(from: &cursor, isNegative: bytes[byteAt: 0] & 0x80 == 0, to: &out)
    } catch {
      out.truncate(to: start)
      throw error
    }
  }

  @inlinable
  func append(
    from cursor: inout ByteCursor, isNegative: Bool, to out: inout OutputBuffer
  ) throws(DecodeError) {
    let inversion: UInt32 = isNegative ? .max : 0
    let start = out.count
    out.reserve(Int(Self.maxPrecision) + 16)
    if isNegative { out.appendUnchecked(UInt8(ascii: "-")) }
    var signMask: UInt32 = 0x80
    var isZero = true
    let digitsStart = out.count
    if leadingDigits > 0 {
      let group = try read(&cursor, digits: leadingDigits, inversion, flipping: &signMask)
      if group > 0 { out.append(decimal: UInt64(group)) }
    }
    for _ in 0..<integerGroups {
      let group = try read(&cursor, digits: 9, inversion, flipping: &signMask)
      if out.count > digitsStart {
        out.append(digits: group, width: 9)
      } else if group > 0 {
        out.append(decimal: UInt64(group))
      }
    }
    if out.count > digitsStart { isZero = false } else { out.append(UInt8(ascii: "0")) }
    if fractionGroups | trailingDigits != 0 { out.append(UInt8(ascii: ".")) }
    for _ in 0..<fractionGroups {
      let group = try read(&cursor, digits: 9, inversion, flipping: &signMask)
      if group > 0 { isZero = false }
      out.append(digits: group, width: 9)
    }
    if trailingDigits > 0 {
      let group = try read(&cursor, digits: trailingDigits, inversion, flipping: &signMask)
      if group > 0 { isZero = false }
      out.append(digits: group, width: Int(trailingDigits))
    }
    if isZero, isNegative { appendZero(to: &out, from: start) }
  }

  /// One group, its bits turned back; `signMask`, the sign bit of the first byte, is flipped once.
  @inlinable
  func read(
    _ cursor: inout ByteCursor, digits: UInt8, _ inversion: UInt32, flipping signMask: inout UInt32
  ) throws(DecodeError) -> UInt32 {
    let offset = cursor.offset
    var group: UInt32
    if digits == 9 {
      group = try cursor.uint32("DECIMAL group").byteSwapped ^ inversion ^ signMask &<< 24
    } else {
      let count = Self.byteCount(digits: digits)
      let bits = UInt32(8 &* count)
      group = UInt32(truncatingIfNeeded: try cursor.uintBigEndian(bytes: count, "DECIMAL group"))
      group ^= inversion &>> (32 &- bits)
      group ^= signMask &<< (bits &- 8)
    }
    signMask = 0
    guard group < Self.bound(digits: digits) else { throw DecodeError(.invalid, at: offset, "DECIMAL group") }
    return group
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
