import Bytes

/// XID: the transaction is committed.
///
///     int<8>  xid
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Xid__event.html>.
public struct XIDEvent: Sendable, Equatable {
  /// The transaction's number in the storage engines.
  public let xid: UInt64

  /// Reads the event's body.
  ///
  /// - Throws: `DecodeError` for a cut body.
  public init(_ body: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(body)
    xid = try cursor.uint64("xid")
  }
}
