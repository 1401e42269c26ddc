import Bytes

extension NewDecimal {
  /// Digits of a number that surely fits 64 bits.
  @inlinable public static var maxPrecisionOfInt64: UInt8 { 18 }
  /// Digits of a number that surely fits 128 bits.
  @inlinable public static var maxPrecisionOfInt128: UInt8 { 38 }

  /// Digits before and after the point.
  @inlinable public var precision: UInt8 { leadingDigits + 9 * integerGroups + scale }

  /// The value without its point, of a column of up to 18 digits: "-0.50" of DECIMAL(3,2) is -50.
  ///
  /// Throws as `append` does.
  @inlinable
  public func int64(_ bytes: RawSpan) throws(DecodeError) -> Int64 {
    guard isShort, bytes.byteCount == byteCount else {
      return try number(bytes, maxPrecision: Self.maxPrecisionOfInt64)
    }
    let value = ShortDecimal(bytes, self)
    guard value.isValid else { throw DecodeError(.invalid, at: 0, "DECIMAL group") }
    let magnitude = Int64(truncatingIfNeeded: value.whole &* UInt64(fractionBound) &+ UInt64(value.fraction))
    return value.isNegative ? 0 &- magnitude : magnitude
  }

  /// The value without its point, of a column of up to 38 digits.
  ///
  /// Throws as `append` does.
  @inlinable
  public func int128(_ bytes: RawSpan) throws(DecodeError) -> Int128 {
    try number(bytes, maxPrecision: Self.maxPrecisionOfInt128)
  }

  @inlinable @inline(__always)
  func number<Number: FixedWidthInteger & SignedInteger>(
    _ bytes: RawSpan, maxPrecision: UInt8
  ) throws(DecodeError) -> Number {
    guard bytes.byteCount >= byteCount else { throw DecodeError(.truncated, at: bytes.byteCount, "DECIMAL") }
    guard bytes.byteCount == byteCount else { throw DecodeError(.trailingBytes, at: byteCount, "DECIMAL") }
    var groups = NewDecimalGroups(bytes)
    var value: Number = 0
    if leadingDigits > 0 { value = Number(groups.next(digits: leadingDigits)) }
    for _ in 0..<integerGroups &+ fractionGroups {
      value = value &* 1_000_000_000 &+ Number(truncatingIfNeeded: groups.next(digits: 9))
    }
    if trailingDigits > 0 {
      let group = groups.next(digits: trailingDigits)
      value = value &* Number(NewDecimalGroups.bound(digits: trailingDigits)) &+ Number(truncatingIfNeeded: group)
    }
    guard !groups.isInvalid, precision <= maxPrecision else { throw DecodeError(.invalid, at: 0, "DECIMAL group") }
    return groups.isNegative ? 0 &- value : value
  }
}
