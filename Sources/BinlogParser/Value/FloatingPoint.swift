import Bytes

// FLOAT and DOUBLE: the shortest decimal text that reads back to the same 32 or 64 bits.
//
// A decimal of at most 15 significant digits (6 for FLOAT) is the only one of that length that reads as its binary
// value. So when a whole number below 10^15, divided by a power of ten, gives back the value, its digits are the
// shortest text; most stored values are of this kind. The others go through the standard library's shortest text.

extension OutputBuffer {
  /// Appends the shortest text that reads back to `value`: "1", "-0.0", "0.1", "1e20", "1.5e-7".
  ///
  /// Whole numbers have no fraction, but for the negative zero, which readers of JSON take for the integer 0 without; the exponent has neither plus sign nor leading zeros. Infinities and not-a-number,
  /// which MySQL does not store, become `null`.
  public mutating func append(shortest value: Double) {
    if appendShort(value, limit: 1e15, isSame: { $0 == value.magnitude }) { return }
    append(shortestText: value.description, isFinite: value.isFinite)
  }

  /// Appends the shortest text that reads back to `value` as a 32-bit number; see `append(shortest:)` for 64 bits.
  public mutating func append(shortest value: Float) {
    if appendShort(Double(value), limit: 1e6, isSame: { Float($0) == value.magnitude }) { return }
    append(shortestText: value.description, isFinite: value.isFinite)
  }

  /// Appends a DOUBLE of a JSON document: the shortest text, in which whole numbers keep ".0", as MySQL prints them.
  ///
  /// So the number stays a DOUBLE for whoever reads the document back: 1.0, -0.0, 1e20. Not finite: `null`.
  public mutating func append(jsonDouble value: Double) {
    let start = count
    append(shortest: value)
    if value.isFinite, isWholeNumber(from: start) { append(".0") }
  }

  /// True if only digits and a sign were written since `start`.
  private borrowing func isWholeNumber(from start: Int) -> Bool {
    let written = bytes
    for index in start..<count where written[byteAt: index] > UInt8(ascii: "9") || written[byteAt: index] == 0x2E {
      return false
    }
    return true
  }

  /// Appends `value` if its magnitude is a whole number below `limit`, or such a number over 10^2, 10^4 or 10^6.
  ///
  /// `isSame` says whether a candidate, rounded to the value's own width, is the magnitude of the value.
  @inline(__always)
  private mutating func appendShort(_ value: Double, limit: Double, isSame: (Double) -> Bool) -> Bool {
    let magnitude = value.magnitude
    guard magnitude < limit else { return false }
    let whole = UInt64(magnitude)
    if Double(whole) == magnitude {
      if value.sign == .minus {
        guard whole > 0 else {
          append("-0.0")
          return true
        }
        append(UInt8(ascii: "-"))
      }
      append(decimal: whole)
      return true
    }
    guard magnitude >= 0.001 else { return false }
    return appendScaled(value, by: 100, digits: 2, limit: limit, isSame: isSame)
      || appendScaled(value, by: 10_000, digits: 4, limit: limit, isSame: isSame)
      || appendScaled(value, by: 1_000_000, digits: 6, limit: limit, isSame: isSame)
  }

  /// Appends `value` if a whole number below `limit`, over `power` = 10^`digits`, is the same.
  @inline(__always)
  private mutating func appendScaled(
    _ value: Double, by power: UInt32, digits: Int, limit: Double, isSame: (Double) -> Bool
  ) -> Bool {
    let scaled = value.magnitude * Double(power) + 0.5
    guard scaled < limit else { return false }
    let number = UInt64(scaled)
    guard isSame(Double(number) / Double(power)) else { return false }
    let whole = number / UInt64(power)
    var fraction = UInt32(truncatingIfNeeded: number &- whole &* UInt64(power))
    var width = digits
    while fraction % 10 == 0, width > 1 {
      fraction /= 10
      width &-= 1
    }
    if value.sign == .minus { append(UInt8(ascii: "-")) }
    append(decimal: whole)
    append(UInt8(ascii: "."))
    append(digits: fraction, width: width)
    return true
  }

  /// Appends the standard library's text of a floating-point number, respelled: "1e+20" as "1e20", "5.0" as "5".
  private mutating func append(shortestText text: String, isFinite: Bool) {
    guard isFinite else { return append("null") }
    let start = count
    var isExponent = false
    for character in text.utf8 {
      switch character {
      case UInt8(ascii: "e"):
        dropPointZero(from: start)
        isExponent = true
      case UInt8(ascii: "+"): continue
      case UInt8(ascii: "0") where isExponent && !endsInDigitOfExponent: continue
      default: break
      }
      append(character)
    }
    if !isExponent { dropPointZero(from: start) }
  }

  /// True if the last byte is a digit from 1 to 9 or a zero: the exponent has begun.
  private var endsInDigitOfExponent: Bool {
    let last = bytes[byteAt: count - 1]
    return last >= UInt8(ascii: "0") && last <= UInt8(ascii: "9")
  }

  /// Takes ".0" off the end of what was written since `start`.
  private mutating func dropPointZero(from start: Int) {
    guard count - start > 2, bytes[byteAt: count - 1] == UInt8(ascii: "0"), bytes[byteAt: count - 2] == 0x2E else {
      return
    }
    truncate(to: count - 2)
  }
}
