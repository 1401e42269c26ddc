import Bytes

/// Fractions of a second, as TIME2, DATETIME2 and TIMESTAMP2 carry them.
///
/// Wire: for n declared digits (n + 1) / 2 bytes, big-endian, in hundredths, ten-thousandths or millionths of a second.
@usableFromInline
enum FractionalSeconds {
  /// Bytes of the fraction. Throws `invalid` unless `digits` is 0 to 6.
  @inlinable @inline(__always)
  static func byteCount(digits: Int) throws(DecodeError) -> Int {
    guard digits >= 0, digits <= 6 else { throw DecodeError(.invalid, at: 0, "fractional seconds digits") }
    return (digits &+ 1) &>> 1
  }

  /// Microseconds of a fraction of `byteCount` bytes, or nil if it is a whole second or more.
  @inlinable @inline(__always)
  static func microseconds(_ stored: UInt32, byteCount: Int) -> UInt32? {
    switch byteCount {
    case 0: stored == 0 ? 0 : nil
    case 1: stored < 100 ? stored &* 10_000 : nil
    case 2: stored < 10_000 ? stored &* 100 : nil
    default: stored < 1_000_000 ? stored : nil
    }
  }

  /// Reads the fraction that follows whole seconds, in microseconds.
  @inlinable @inline(__always) @_lifetime(cursor: copy cursor)
  static func read(_ cursor: inout ByteCursor, digits: Int) throws(DecodeError) -> UInt32 {
    let count = try byteCount(digits: digits)
    guard count > 0 else { return 0 }
    let offset = cursor.offset
    let stored = UInt32(truncatingIfNeeded: try cursor.uintBigEndian(bytes: count, "fractional seconds"))
    guard let value = microseconds(stored, byteCount: count) else {
      throw DecodeError(.invalid, at: offset, "fractional seconds")
    }
    return value
  }
}

extension OutputBuffer {
  /// Appends "." and the first `digits` (0 to 6) digits of a fraction of a second; nothing for 0. `reserve` has made room for
  /// eight bytes.
  @inlinable @inline(__always)
  mutating func appendUnchecked(microseconds: UInt32, digits: Int) {
    guard digits > 0 else { return }
    let all = DecimalDigits.eight(microseconds) | DecimalDigits.zeros
    appendUnchecked(word: (all &>> 8) & ~0xFF | UInt64(UInt8(ascii: ".")), count: min(digits, 6) &+ 1)
  }

  /// Appends "HH:MM:SS" from three numbers below 100; `reserve` has made room for it.
  @inlinable @inline(__always)
  mutating func appendUnchecked(hour: UInt64, minute: UInt64, second: UInt64) {
    let colons: UInt64 = 0x00_003A_0000_3A_0000
    let digits = DecimalDigits.pairs(hour | minute &<< 16 | second &<< 32)
    appendUnchecked(
      word: digits & 0xFFFF | (digits & 0xFFFF_0000) &<< 8 | (digits & 0xFFFF_0000_0000) &<< 16 | colons, count: 8)
  }
}
