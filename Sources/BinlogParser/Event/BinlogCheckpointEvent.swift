import Bytes

/// MariaDB's BINLOG_CHECKPOINT: the oldest file that crash recovery would need.
///
///     int<4>  length of the name
///     string  file name
///
/// See <https://mariadb.com/docs/server/reference/clientserver-protocol/replication-protocol/binlog_checkpoint_event>.
public struct BinlogCheckpointEvent: Sendable, Equatable {
  /// The file's name.
  public let file: String

  /// Reads the event's body.
  ///
  /// - Throws: `DecodeError` for a body that its name does not fill exactly.
  public init(_ body: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(body)
    let count = Int(try cursor.uint32("file name length"))
    guard count <= Limits.fileName else { throw DecodeError(.tooLarge, at: 0, "file name length") }
    file = try cursor.bytes(count, "file name").utf8String
    try cursor.expectEnd("file name")
  }
}
