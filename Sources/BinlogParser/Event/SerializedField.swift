import Bytes

/// The library that MySQL 8.4 and later serialises some events with: integers whose first byte tells their length.
///
///     message: varint version, varint size, varint last field that must be understood, fields
///     field:   varint id, then its value
///     varint:  as many set bits at the low end of the first byte as bytes follow it; the value lies above them and a zero bit
///     signed:  a varint with the sign in the lowest bit; for negative numbers the other bits are inverted
///     string:  varint length, bytes
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/PageLibsMysqlSerialization.html>.
extension ByteCursor {
  /// An unsigned varint of one to nine bytes.
  ///
  /// - Throws: `DecodeError` when the bytes end before it does; the cursor has then moved past the first byte at most.
  @_lifetime(self: copy self)
  mutating func serializedUnsigned(_ field: StaticString) throws(DecodeError) -> UInt64 {
    let first = try uint8(field)
    let following = (~first).trailingZeroBitCount
    let rest = try uint(bytes: following, field)
    guard following < 7 else { return rest }
    return UInt64(first) >> UInt64(following + 1) | rest << UInt64(7 - following)
  }

  /// A signed varint.
  ///
  /// - Throws: `DecodeError` as `serializedUnsigned`.
  @_lifetime(self: copy self)
  mutating func serializedSigned(_ field: StaticString) throws(DecodeError) -> Int64 {
    let value = try serializedUnsigned(field)
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// A string.
  ///
  /// - Throws: `DecodeError` as `serializedUnsigned`.
  @_lifetime(copy self)
  mutating func serializedString(_ field: StaticString) throws(DecodeError) -> RawSpan {
    let offset = offset
    let count = try serializedUnsigned(field)
    guard count <= UInt64(remaining) else { throw DecodeError(.truncated, at: offset, field) }
    return try bytes(Int(count), field)
  }
}
