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
    let bytes = try Self.entries(in: body)
    entries = (0..<bytes.byteCount / Self.entryByteCount).map { Self.entry($0, of: bytes) }
  }

  /// The bytes of all entries in the body.
  ///
  /// - Throws: `DecodeError` for a cut body, or one with bytes after the last entry.
  @_lifetime(copy body)
  static func entries(in body: RawSpan) throws(DecodeError) -> RawSpan {
    var cursor = ByteCursor(body)
    let count = Int(try cursor.uint32("number of GTIDs") & 0x0FFF_FFFF)
    guard cursor.remaining >= count * entryByteCount else {
      throw DecodeError(.truncated, at: cursor.offset, "GTID list")
    }
    let entries = try cursor.bytes(count * entryByteCount, "GTID list")
    // An empty list is padded, so that the event is longer than those of servers before 10.0.3.
    if count > 0 { try cursor.expectEnd("GTID list") }
    return entries
  }

  private static func entry(_ index: Int, of entries: RawSpan) -> Entry {
    let offset = index * entryByteCount
    return Entry(
      domainID: entries.uint32(at: offset), serverID: entries.uint32(at: offset + 4),
      sequenceNumber: entries.word(at: offset + 8))
  }

  /// Appends `entries` as a part of the list's text; returns false for no bytes.
  static func append(_ entries: RawSpan, isFirst: Bool, to out: inout OutputBuffer) -> Bool {
    for index in 0..<entries.byteCount / entryByteCount {
      if !isFirst || index > 0 { out.append(UInt8(ascii: ",")) }
      out.append(entry(index, of: entries).description)
    }
    return entries.byteCount > 0
  }

  /// As `@@gtid_binlog_pos` shows it: "0-1-42,1-2-7".
  public var description: String { entries.map(\.description).joined(separator: ",") }
}
