import Bytes

/// TRANSACTION_PAYLOAD: the events of a whole transaction, compressed.
///
/// The body is a run of fields, each `int<lenenc>` type, `int<lenenc>` length, value, up to the end mark of type 0:
///
///     1  int<lenenc>  payload size       bytes after the end mark
///     2  int<lenenc>  compression type   0 zstd, 255 none
///     3  int<lenenc>  uncompressed size
///
/// Fields may be in any order, and those of other types are passed over. After the end mark comes the payload: events
/// with header and body but without checksum. They have no place of their own in the file but that of this event.
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Transaction__payload__event.html>.
public struct TransactionPayloadEvent: ~Escapable {
  /// How the payload is compressed.
  public enum Compression: UInt64, Sendable, BitwiseCopyable {
    /// As zstd frames.
    case zstd = 0
    /// Not at all.
    case none = 255
  }

  /// How the payload is compressed.
  public let compression: Compression
  /// What the server says of the payload's uncompressed size. For people to read: nothing is allocated by it.
  public let uncompressedSize: UInt64
  /// The payload.
  public let payload: RawSpan
  /// Bytes of the body before the payload.
  let payloadOffset: Int

  /// Reads the event's body.
  ///
  /// - Throws: `DecodeError` for a cut body, a payload of another size than announced, or an unknown compression.
  @_lifetime(copy body)
  public init(_ body: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(body)
    var compression = Compression.zstd
    var payloadSize: UInt64?
    var uncompressedSize: UInt64 = 0
    while true {
      let type = try cursor.lenencInteger("payload field type")
      guard type != 0 else { break }
      let fieldOffset = cursor.offset
      let length = try cursor.lenencCount("payload field length")
      let start = cursor.offset
      var value = ByteCursor(try cursor.bytes(length, "payload field"))
      guard (1...3).contains(type) else { continue }
      let number: UInt64
      do { number = try value.lenencInteger("payload field") } catch { throw error.shifted(by: start) }
      guard value.isAtEnd else { throw DecodeError(.trailingBytes, at: fieldOffset, "payload field") }
      switch type {
      case 1: payloadSize = number
      case 2:
        guard let known = Compression(rawValue: number) else {
          throw DecodeError(.unsupported, at: start, "payload compression type")
        }
        compression = known
      default: uncompressedSize = number
      }
    }
    payloadOffset = cursor.offset
    payload = cursor.rest()
    guard payloadSize == nil || payloadSize == UInt64(payload.byteCount) else {
      throw DecodeError(.invalid, at: payloadOffset, "payload size")
    }
    self.compression = compression
    self.uncompressedSize = uncompressedSize
  }
}
