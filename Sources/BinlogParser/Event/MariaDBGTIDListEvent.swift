import Bytes

/// MariaDB's GTID_LIST: the last GTID of each domain and server before this file.
///
///     int<4>  number of entries in 28 bits, flags in the upper four
///     for each entry: int<4> domain id, int<4> server id, int<8> sequence number
///
/// See <https://mariadb.com/docs/server/reference/clientserver-protocol/replication-protocol/gtid_list_event>.
public struct MariaDBGTIDListEvent: Sendable, Equatable, CustomStringConvertible {
  /// One GTID.
  public struct Entry: Sendable, Equatable, CustomStringConvertible {
    /// The replication domain.
    public let domainID: UInt32
    /// The server that committed the transaction first.
    public let serverID: UInt32
    /// The transaction's number in its domain.
    public let sequenceNumber: UInt64

    /// "0-1-42".
    public var description: String { "\(domainID)-\(serverID)-\(sequenceNumber)" }
  }

  private static let entryByteCount = 16

  /// The GTIDs in the order of the event.
  public let entries: [Entry]

  /// Reads the event's body.
  ///
  /// - Throws: `DecodeError` for a cut body, or one with bytes after the last entry.
  public init(_ body: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(body)
    let count = Int(try cursor.uint32("number of GTIDs") & 0x0FFF_FFFF)
    guard cursor.remaining >= count * Self.entryByteCount else {
      throw DecodeError(.truncated, at: cursor.offset, "GTID list")
    }
    var entries: [Entry] = []
    entries.reserveCapacity(count)
    for _ in 0..<count {
      let domainID = try cursor.uint32("domain id")
      let serverID = try cursor.uint32("server id")
      let number = try cursor.uint64("sequence number")
      entries.append(Entry(domainID: domainID, serverID: serverID, sequenceNumber: number))
    }
    // An empty list is padded, so that the event is longer than those of servers before 10.0.3.
    if count > 0 { try cursor.expectEnd("GTID list") }
    self.entries = entries
  }

  /// As `@@gtid_binlog_pos` shows it: "0-1-42,1-2-7".
  public var description: String { entries.map(\.description).joined(separator: ",") }
}
