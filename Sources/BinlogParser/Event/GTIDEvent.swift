import Bytes

/// GTID and ANONYMOUS_GTID: the global id of the transaction that follows.
///
///     int<1>    flags       bit 0: may hold statements
///     byte<16>  SID         the UUID of the server that committed it first
///     int<8>    GNO         its number there; 0 when anonymous
///
/// What follows (logical clock, commit times, length, server version) is passed over. See
/// <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Gtid__event.html>.
public struct GTIDEvent: Sendable, Equatable, CustomStringConvertible {
  /// The UUID of the server.
  public let sourceID: UUIDBytes
  /// The transaction's number, from 1 on.
  public let number: UInt64

  /// Reads the event's body.
  ///
  /// - Throws: `DecodeError` for a cut body.
  public init(_ body: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(body)
    try cursor.skip(1, "flags")
    sourceID = UUIDBytes(try cursor.bytes(16, "SID"))
    number = try cursor.uint64("GNO")
  }

  /// "uuid:number".
  public var description: String { "\(sourceID):\(number)" }
}

/// MariaDB's GTID: the global id of the transaction that follows.
///
///     int<8>  sequence number
///     int<4>  domain id
///     int<1>  flags
///
/// See <https://mariadb.com/kb/en/gtid_event/>.
public struct MariaDBGTIDEvent: Sendable, Equatable {
  /// The replication domain.
  public let domainID: UInt32
  /// The transaction's number in its domain.
  public let sequenceNumber: UInt64

  /// Reads the event's body.
  ///
  /// - Throws: `DecodeError` for a cut body.
  public init(_ body: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(body)
    sequenceNumber = try cursor.uint64("sequence number")
    domainID = try cursor.uint32("domain id")
    try cursor.skip(1, "flags")
  }
}
