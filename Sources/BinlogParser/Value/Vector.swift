import Bytes

// VECTOR (`MYSQL_TYPE_VECTOR`): 32-bit floating-point numbers, little-endian, one after the other.
// See <https://dev.mysql.com/doc/refman/en/vector.html>.

extension OutputBuffer {
  /// Appends a JSON array of the numbers of a VECTOR, each in its shortest text: "[1,2.5]".
  ///
  /// Throws `truncated` unless the bytes are whole numbers of four; then nothing is appended.
  public mutating func append(vector bytes: RawSpan) throws(DecodeError) {
    guard bytes.byteCount % 4 == 0 else { throw DecodeError(.truncated, at: bytes.byteCount, "VECTOR entry") }
    var cursor = ByteCursor(bytes)
    append(UInt8(ascii: "["))
    while !cursor.isAtEnd {
      if cursor.offset > 0 { append(UInt8(ascii: ",")) }
      append(shortest: Float(bitPattern: try cursor.uint32("VECTOR entry")))
    }
    append(UInt8(ascii: "]"))
  }
}
