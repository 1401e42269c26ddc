import Bytes

/// A DECIMAL of up to eight bytes, with up to nine digits after the point: nearly all that there are. Its bytes are one word.
@usableFromInline
struct ShortDecimal: BitwiseCopyable {
  @usableFromInline let isNegative: Bool
  /// The number before the point.
  @usableFromInline let whole: UInt64
  /// The digits after the point.
  @usableFromInline let fraction: UInt32
  /// False if a group is larger than its digits can say.
  @usableFromInline let isValid: Bool

  /// The value in `bytes`, as many as `layout` has, which `isShort`.
  @inlinable @inline(__always)
  init(_ bytes: RawSpan, _ layout: NewDecimal) {
    // The sign is the highest bit, whatever the number of bytes.
    let stored = bytes.bigEndianWord &<< UInt64(truncatingIfNeeded: 64 &- 8 &* bytes.byteCount)
    let sign: UInt64 = 1 &<< 63
    isNegative = stored & sign == 0
    var rest = (isNegative ? ~stored : stored) ^ sign
    var whole = Self.take(UInt64(layout.leadingByteCount), of: &rest)
    var isValid = whole < UInt64(layout.leadingBound)
    for _ in 0..<layout.integerGroups {
      let group = Self.take(4, of: &rest)
      if group >= 1_000_000_000 { isValid = false }
      whole = whole &* 1_000_000_000 &+ group
    }
    // One group of nine digits, or what is less; or nothing.
    let fraction = Self.take(UInt64(layout.fractionByteCount), of: &rest)
    if fraction >= UInt64(layout.fractionBound) { isValid = false }
    self.whole = whole
    self.fraction = UInt32(truncatingIfNeeded: fraction)
    self.isValid = isValid
  }

  /// The number in the first `count` (0 to 4) bytes of `word`, which move out of it.
  @inlinable @inline(__always)
  static func take(_ count: UInt64, of word: inout UInt64) -> UInt64 {
    let bits = count &* 8
    // In two steps, as a shift by 64 is none.
    let number = (word &>> 32) &>> (32 &- bits)
    word &<<= bits
    return number
  }
}

extension NewDecimal {
  /// True if a value is a `ShortDecimal`.
  @inlinable var isShort: Bool { storedByteCount <= 8 && scale <= 9 }

  /// Bytes of the digits after the point, of a layout that `isShort`.
  @inlinable var fractionByteCount: UInt8 { storedByteCount &- leadingByteCount &- 4 &* integerGroups }
}
