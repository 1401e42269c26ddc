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

  /// Digits after the point.
  public let scale: UInt8
  /// Bytes of one value, and of its first `leadingDigits`.
  @usableFromInline let storedByteCount: UInt8, leadingByteCount: UInt8
  /// The power of ten above `leadingDigits`, and above the digits after the point of a layout that `isShort`; 1 for no digits.
  @usableFromInline let leadingBound: UInt32, fractionBound: UInt32

  /// Bytes of one value.
  @inlinable public var byteCount: Int { Int(storedByteCount) }

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
    self.scale = scale
    leadingByteCount = Self.byteCount(digits: leadingDigits)
    storedByteCount =
      leadingByteCount &+ 4 &* (integerGroups &+ fractionGroups) &+ Self.byteCount(digits: trailingDigits)
    leadingBound = NewDecimalGroups.bound(digits: leadingDigits)
    fractionBound = NewDecimalGroups.bound(digits: min(scale, 9))
  }

  /// Bytes that hold a group of 0 to 8 digits: two digits a byte, rounded up, except that four bytes hold 7 to 9.
  static func byteCount(digits: UInt8) -> UInt8 { (digits &+ 1) &>> 1 }

  /// Appends the text of one value: at least one digit before the point, exactly `scale` after it: "-0.50".
  ///
  /// A zero has no sign, as the server prints it. Throws `truncated` or `trailingBytes` unless there are exactly
  /// `byteCount` bytes, and `invalid` for a group that is larger than its digits can say; then nothing is appended.
  @inlinable
  public func append(_ bytes: RawSpan, to out: inout OutputBuffer) throws(DecodeError) {
    guard bytes.byteCount >= byteCount else { throw DecodeError(.truncated, at: bytes.byteCount, "DECIMAL") }
    guard bytes.byteCount == byteCount else { throw DecodeError(.trailingBytes, at: byteCount, "DECIMAL") }
    if isShort {
      let value = ShortDecimal(bytes, self)
      guard value.isValid else { throw DecodeError(.invalid, at: 0, "DECIMAL group") }
      return append(value, to: &out)
    }
    try appendLong(bytes, to: &out)
  }

  @inlinable @inline(__always)
  func append(_ value: ShortDecimal, to out: inout OutputBuffer) {
    out.reserve(32)
    if value.isNegative, value.whole | UInt64(value.fraction) != 0 { out.appendUnchecked(UInt8(ascii: "-")) }
    out.append(decimal: value.whole)
    guard scale > 0 else { return }
    out.append(UInt8(ascii: "."))
    out.append(digits: value.fraction, width: Int(scale))
  }

  @usableFromInline
  func appendLong(_ bytes: RawSpan, to out: inout OutputBuffer) throws(DecodeError) {
    let start = out.count
    var groups = NewDecimalGroups(bytes)
    out.reserve(Int(Self.maxPrecision) + 16)
    if groups.isNegative { out.appendUnchecked(UInt8(ascii: "-")) }
    appendInteger(&groups, to: &out)
    appendFraction(&groups, to: &out)
    if groups.isInvalid {
      out.truncate(to: start)
      throw DecodeError(.invalid, at: 0, "DECIMAL group")
    }
    if groups.isNegative, groups.union == 0 { appendZero(to: &out, from: start) }
  }

  private func appendInteger(_ groups: inout NewDecimalGroups, to out: inout OutputBuffer) {
    var whole: UInt64 = 0
    if leadingDigits > 0 { whole = UInt64(groups.next(digits: leadingDigits)) }
    if integerGroups > 0 { whole = whole &* 1_000_000_000 &+ UInt64(groups.next(digits: 9)) }
    if whole > 0 || integerGroups < 2 { out.append(decimal: whole) }
    if integerGroups > 1 { appendIntegerGroups(&groups, to: &out) }
  }

  /// Appends the groups of nine digits after the first two.
  private func appendIntegerGroups(_ groups: inout NewDecimalGroups, to out: inout OutputBuffer) {
    for _ in 1..<integerGroups {
      let hasDigits = groups.union > 0
      let group = groups.next(digits: 9)
      if hasDigits {
        out.append(digits: group, width: 9)
      } else if group > 0 {
        out.append(decimal: UInt64(group))
      }
    }
    if groups.union == 0 { out.append(UInt8(ascii: "0")) }
  }

  private func appendFraction(_ groups: inout NewDecimalGroups, to out: inout OutputBuffer) {
    guard fractionGroups | trailingDigits != 0 else { return }
    out.append(UInt8(ascii: "."))
    if fractionGroups > 0 { appendFractionGroups(&groups, to: &out) }
    if trailingDigits > 0 { out.append(digits: groups.next(digits: trailingDigits), width: Int(trailingDigits)) }
  }

  private func appendFractionGroups(_ groups: inout NewDecimalGroups, to out: inout OutputBuffer) {
    for _ in 0..<fractionGroups { out.append(digits: groups.next(digits: 9), width: 9) }
  }

  /// Replaces the text since `start` by the zero of this scale.
  private func appendZero(to out: inout OutputBuffer, from start: Int) {
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
struct NewDecimalGroups: ~Escapable {
  @usableFromInline let bytes: RawSpan
  @usableFromInline let isNegative: Bool
  /// Where the next group begins.
  @usableFromInline var offset = 0
  /// The sign bit of the first byte, to be flipped once.
  @usableFromInline var signBit: UInt32 = 0x80
  /// All groups so far, one over the other: 0 for a zero.
  @usableFromInline var union: UInt32 = 0
  /// True if a group was larger than its digits can say.
  @usableFromInline var isInvalid = false

  /// The groups in `bytes`, of which there is at least one.
  @inlinable @_lifetime(copy bytes)
  init(_ bytes: RawSpan) {
    self.bytes = bytes
    isNegative = bytes[byteAt: 0] & 0x80 == 0
  }

  /// Reads a group of 1 to 9 digits, which must be there, and turns its bits back.
  @inlinable @inline(__always) @_lifetime(self: copy self)
  mutating func next(digits: UInt8) -> UInt32 {
    let inversion: UInt32 = isNegative ? .max : 0
    let group: UInt32
    switch digits {
    case 1, 2:
      group = UInt32(bytes[byteAt: offset]) ^ inversion & 0xFF ^ signBit
      offset &+= 1
    case 3, 4:
      group = UInt32(bytes.uint16(at: offset).byteSwapped) ^ inversion & 0xFFFF ^ signBit &<< 8
      offset &+= 2
    case 5, 6:
      let low = UInt32(bytes.uint16(at: offset &+ 1).byteSwapped)
      group = (UInt32(bytes[byteAt: offset]) &<< 16 | low) ^ inversion & 0xFF_FFFF ^ signBit &<< 16
      offset &+= 3
    default:
      group = bytes.uint32(at: offset).byteSwapped ^ inversion ^ signBit &<< 24
      offset &+= 4
    }
    if group >= Self.bound(digits: digits) { isInvalid = true }
    signBit = 0
    union |= group
    return group
  }

  /// The power of ten above a group of 0 to 9 digits.
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
}
