import Bytes

/// HEARTBEAT_V2: the server is alive, and its next event would stand here, also beyond 4 GiB.
///
///     for each field: int<lenenc> type, int<lenenc> length, string value; type 0 ends them
///     type 1: string        file name
///     type 2: int<lenenc>   position
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Heartbeat__event__v2.html>.
public struct HeartbeatV2Event: Sendable, Equatable {
  /// The binlog file.
  public private(set) var file = ""
  /// The offset in it.
  public private(set) var offset: UInt64 = 0

  /// Reads the event's body; unknown fields are passed over.
  ///
  /// - Throws: `DecodeError` for a cut field.
  public init(_ body: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(body)
    while !cursor.isAtEnd {
      let type = try cursor.lenencInteger("heartbeat field")
      if type == 0 { return }
      let value = try cursor.lenencBytes("heartbeat field")
      let start = cursor.offset - value.byteCount
      do { try read(type, value) } catch { throw error.shifted(by: start) }
    }
  }

  private mutating func read(_ type: UInt64, _ value: RawSpan) throws(DecodeError) {
    var field = ByteCursor(value)
    switch type {
    case 1:
      guard value.byteCount <= Limits.fileName else { throw DecodeError(.tooLarge, at: 0, "file name") }
      file = field.rest().utf8String
    case 2: offset = try field.lenencInteger("position")
    default: break
    }
  }
}
