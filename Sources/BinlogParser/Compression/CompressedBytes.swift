import Bytes

/// The form that MariaDB's compressed events and columns share: how much there is, then a zlib stream.
///
///     int<1>  header     bits 0–2: bytes of the length, 1 to 4; the other bits depend on where it stands
///     int<n>  length     of the uncompressed bytes, most significant byte first
///     string  zlib stream
///
/// In an event, bit 7 is set, bits 4–6 hold the algorithm, of which 0, zlib, is the only one, and bit 3 is not used. In a
/// column, bits 4–7 hold the method, 8 for zlib; bit 3 is set where the stream has neither header nor checksum.
///
/// See <https://mariadb.com/kb/en/compressing-events-to-reduce-size-of-the-binary-log/> and
/// <https://mariadb.com/kb/en/storage-engine-independent-column-compression/>.
package enum CompressedBytes {
  /// Appends what `bytes`, a part of an event, stand for.
  ///
  /// - Throws: `DecodeError` where they stand for nothing.
  package static func appendEventPart(_ bytes: RawSpan, to out: inout OutputBuffer) throws(DecodeError) {
    var cursor = ByteCursor(bytes)
    let header = try cursor.uint8("compression header")
    guard header & 0xF0 == 0x80 else { throw DecodeError(.unsupported, at: 0, "compression algorithm") }
    try append(&cursor, header, .zlib, to: &out)
  }

  /// Appends what `bytes`, a value of a compressed column, stand for.
  ///
  /// A value of no bytes is empty. Bits 4–7 of the header are 0 in a value that was too short to gain by compression;
  /// its bytes follow as they are.
  ///
  /// - Throws: `DecodeError` where they stand for nothing.
  package static func appendColumn(_ bytes: RawSpan, to out: inout OutputBuffer) throws(DecodeError) {
    guard bytes.byteCount > 0 else { return }
    var cursor = ByteCursor(bytes)
    let header = try cursor.uint8("compression header")
    switch header {
    case 0: out.append(cursor.rest())
    case 0x80...0x87: try append(&cursor, header, .zlib, to: &out)
    case 0x88...0x8F: try append(&cursor, header, .raw, to: &out)
    default: throw DecodeError(.unsupported, at: 0, "compression method")
    }
  }

  /// What `bytes`, a part of an event, say of the size of what they stand for.
  ///
  /// - Throws: `DecodeError` for bytes that are cut.
  static func uncompressedCount(ofEventPart bytes: RawSpan) throws(DecodeError) -> Int {
    var cursor = ByteCursor(bytes)
    let header = try cursor.uint8("compression header")
    return try uncompressedCount(&cursor, header)
  }

  /// The same of a value of a compressed column.
  static func uncompressedCount(ofColumn bytes: RawSpan) throws(DecodeError) -> Int {
    guard bytes.byteCount > 0, bytes[byteAt: 0] != 0 else { return max(bytes.byteCount - 1, 0) }
    return try uncompressedCount(ofEventPart: bytes)
  }

  @_lifetime(cursor: copy cursor)
  private static func uncompressedCount(_ cursor: inout ByteCursor, _ header: UInt8) throws(DecodeError) -> Int {
    let width = Int(header & 7)
    guard (1...4).contains(width) else { throw DecodeError(.invalid, at: 0, "compression header") }
    return Int(try cursor.uintBigEndian(bytes: width, "uncompressed length"))
  }

  private static func append(
    _ cursor: inout ByteCursor, _ header: UInt8, _ wrap: ZlibInflater.Wrap, to out: inout OutputBuffer
  ) throws(DecodeError) {
    let count = try uncompressedCount(&cursor, header)
    let offset = cursor.offset
    do throws(DecodeError) {
      try ZlibInflater.inflate(cursor.rest(), count: count, wrap: wrap, to: &out)
    } catch {
      throw error.shifted(by: offset)
    }
  }
}
