import Bytes

// Decimal text of integers, eight digits at a time: the digits of a number below 10^8 are split inside one 64-bit word
// (four, then two, then one digit a lane), so that neither a table nor a loop over digits is needed.

/// Digits of numbers, side by side in one word: the first digit in the lowest byte, ready to be stored in order.
@usableFromInline
enum DecimalDigits {
  /// The eight digits (0 to 9, not text) of `value`, which is below 10^8.
  @inlinable @inline(__always)
  static func eight(_ value: UInt32) -> UInt64 {
    let high = value / 10_000
    let fours = UInt64(high) | UInt64(value &- high &* 10_000) &<< 32
    let hundreds = ((fours &* 10_486) &>> 20) & 0x0000_007F_0000_007F
    let twos = hundreds | (fours &- hundreds &* 100) &<< 16
    let tens = ((twos &* 103) &>> 10) & 0x000F_000F_000F_000F
    return tens | (twos &- tens &* 10) &<< 8
  }

  /// Number of digits of `value`, which is below 10^8; 1 for 0.
  @inlinable @inline(__always)
  static func count(_ value: UInt32) -> Int {
    // Branches, which the processor foresees: with a table in their place text output takes 2 % longer.
    if value < 10 { return 1 }
    if value < 100 { return 2 }
    if value < 1_000 { return 3 }
    if value < 10_000 { return 4 }
    if value < 100_000 { return 5 }
    if value < 1_000_000 { return 6 }
    return value < 10_000_000 ? 7 : 8
  }

  /// The two digits of `value`, which is below 100, as text.
  @inlinable
  static func two(_ value: UInt32) -> UInt64 {
    let tens = (value &* 103) &>> 10
    return UInt64(0x3030 &+ tens &+ (value &- tens &* 10) &<< 8)
  }

  /// The digits, as text, of four numbers below 100 that lie in 16 bits each.
  @inlinable @inline(__always)
  static func pairs(_ numbers: UInt64) -> UInt64 {
    let tens = ((numbers &* 103) &>> 10) & 0x000F_000F_000F_000F
    return (tens | (numbers &- tens &* 10) &<< 8) | zeros
  }

  /// Eight times the character "0".
  @inlinable static var zeros: UInt64 { 0x3030_3030_3030_3030 }
}

extension OutputBuffer {
  /// Appends the lowest `count` bytes (0 to 8) of `word`, lowest first.
  @inlinable
  mutating func append(word: UInt64, count: Int) {
    reserve(8)
    appendUnchecked(word: word, count: count)
  }

  /// Appends `value` in decimal.
  @inlinable
  public mutating func append(decimal value: UInt64) {
    guard value >= 100_000_000 else { return appendLeading(UInt32(truncatingIfNeeded: value)) }
    append(largeDecimal: value)
  }

  /// Appends `value`, which is 10^8 or more, in decimal.
  @usableFromInline @inline(never)
  mutating func append(largeDecimal value: UInt64) {
    let high = value / 100_000_000
    if high < 100_000_000 {
      appendLeading(UInt32(truncatingIfNeeded: high))
    } else {
      let highest = high / 100_000_000
      appendLeading(UInt32(truncatingIfNeeded: highest))
      appendEight(UInt32(truncatingIfNeeded: high &- highest &* 100_000_000))
    }
    appendEight(UInt32(truncatingIfNeeded: value &- high &* 100_000_000))
  }

  /// Appends `value` in decimal, with "-" before a negative one.
  @inlinable
  public mutating func append(decimal value: Int64) {
    if value < 0 { append(UInt8(ascii: "-")) }
    append(decimal: value.magnitude)
  }

  /// Appends `value`, which is below 10^8, without leading zeros.
  @inlinable @inline(__always)
  mutating func appendLeading(_ value: UInt32) {
    let digits = DecimalDigits.eight(value)
    // Not from the digits, for which the next append would have to wait.
    let count = DecimalDigits.count(value)
    append(word: (digits | DecimalDigits.zeros) &>> UInt64(64 &- count &* 8), count: count)
  }

  /// Appends all eight digits of `value`, which is below 10^8.
  @inlinable
  mutating func appendEight(_ value: UInt32) {
    appendLittleEndian(DecimalDigits.eight(value) | DecimalDigits.zeros)
  }

  /// Appends `value`, which is below 100, as two digits.
  @inlinable
  public mutating func append(twoDigits value: UInt8) {
    appendLittleEndian(UInt16(truncatingIfNeeded: DecimalDigits.two(UInt32(value % 100))))
  }

  /// Appends the last `width` (0 to 9) decimal digits of `value`, with leading zeros.
  @inlinable @inline(__always)
  public mutating func append(digits value: UInt32, width: Int) {
    precondition(width >= 0 && width <= 9, "a group has nine digits at most")
    reserve(16)
    let high = value / 100_000_000
    if width == 9 { appendUnchecked(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: high % 10)) }
    let shown = min(width, 8)
    let digits = DecimalDigits.eight(value &- high &* 100_000_000) | DecimalDigits.zeros
    appendUnchecked(word: shown == 0 ? 0 : digits &>> UInt64((8 &- shown) &* 8), count: shown)
  }
}
