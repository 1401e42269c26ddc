import Bytes

/// GTID and ANONYMOUS_GTID: the global id of the transaction that follows.
///
///     int<1>    flags       bit 0: may hold statements; always set before MySQL 5.7
///     byte<16>  SID         the UUID of the server that committed it first
///     int<8>    GNO         its number there; 0 when anonymous
///
///     int<1>    2           what follows is there (MySQL 5.7 and later)
///     int<8>    last commit
///     int<8>    sequence
///     int<7>    when the server committed it, in microseconds since 1970; bit 55: another time follows (MySQL 8.0.1 and later)
///
/// What follows (time of the first commit, length, server version) is passed over. See
/// <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Gtid__event.html>.
public struct GTIDEvent: Sendable, Equatable, CustomStringConvertible {
  /// The flag of a transaction that may hold statements.
  static let statementsFlag: UInt8 = 1

  /// True if the transaction may hold statements that change rows, and not only their rows.
  public let mayHoldStatements: Bool
  /// The UUID of the server.
  public let sourceID: UUIDBytes
  /// The transaction's number, from 1 on; 0 when anonymous.
  public let number: UInt64

  /// Reads the event's body.
  ///
  /// - Throws: `DecodeError` for a cut body, or a number that no transaction can have.
  public init(_ body: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(body)
    mayHoldStatements = try cursor.uint8("flags") & Self.statementsFlag != 0
    sourceID = UUIDBytes(try cursor.bytes(16, "SID"))
    let offset = cursor.offset
    number = try cursor.uint64("GNO")
    guard number <= MySQLGTIDSet.numbers.upperBound else { throw DecodeError(.invalid, at: offset, "GNO") }
  }

  /// When the server committed the transaction, in microseconds since 1970.
  ///
  /// - Throws: `DecodeError` where the event does not say.
  static func commitTime(_ body: RawSpan) throws(DecodeError) -> UInt64 {
    var cursor = ByteCursor(body)
    try cursor.skip(25, "flags, SID and GNO")
    guard try cursor.uint8("logical clock's type") == 2 else { throw DecodeError(.invalid, at: 25, "logical clock") }
    try cursor.skip(16, "logical clock")
    let low = UInt64(try cursor.uint32("commit time"))
    let middle = UInt64(try cursor.uint16("commit time"))
    let high = UInt64(try cursor.uint8("commit time") & 0x7F)
    return high << 48 | middle << 32 | low
  }

  /// The transaction's global id, nil when it is anonymous.
  public var gtid: GTID? { number == 0 ? nil : .mysql(source: sourceID, tag: "", number: number) }

  /// "uuid:number".
  public var description: String { "\(sourceID):\(number)" }
}

/// MariaDB's GTID: the global id of the transaction that follows.
///
///     int<8>  sequence number
///     int<4>  domain id
///     int<1>  flags
///     int<8>  group's id           with `groupCommitID`
///     …       XA id                with `preparedXA` and `completedXA`: int<4> format, int<1> and int<1> lengths, both parts
///     int<1>  more flags           0 where nothing more stands here
///     int<1>  engines              with flag 1
///     int<8>  number of the start  with flags 4 and 8 (of an ALTER TABLE in two parts)
///     int<4>  the connection's id  with flag 16; MariaDB 11.5 and later
///
/// See <https://mariadb.com/kb/en/gtid_event/>.
public struct MariaDBGTIDEvent: Sendable, Equatable {
  /// What the server says of the transaction.
  public struct Flags: OptionSet, Sendable {
    /// `int<1>`.
    public let rawValue: UInt8

    /// The flags of the byte.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It is one event (DDL, mostly), and no COMMIT or XID follows.
    public static let standalone = Flags(rawValue: 1)
    /// It was committed in a group, and the group's id follows.
    public static let groupCommitID = Flags(rawValue: 2)
    /// It changes tables of transactional engines only.
    public static let transactional = Flags(rawValue: 4)
    /// It may be applied beside others.
    public static let allowParallel = Flags(rawValue: 8)
    /// It waited for a row lock.
    public static let waited = Flags(rawValue: 16)
    /// It is DDL.
    public static let ddl = Flags(rawValue: 32)
    /// It ends with XA PREPARE.
    public static let preparedXA = Flags(rawValue: 64)
    /// It is XA COMMIT or XA ROLLBACK.
    public static let completedXA = Flags(rawValue: 128)
  }

  /// The replication domain.
  public let domainID: UInt32
  /// The transaction's number in its domain.
  public let sequenceNumber: UInt64
  /// What the server says of the transaction.
  public let flags: Flags

  /// Reads the event's body.
  ///
  /// - Throws: `DecodeError` for a cut body.
  public init(_ body: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(body)
    sequenceNumber = try cursor.uint64("sequence number")
    domainID = try cursor.uint32("domain id")
    flags = Flags(rawValue: try cursor.uint8("flags"))
  }

  /// The id of the connection that committed the transaction; nil where the event does not say.
  static func threadID(_ body: RawSpan) -> UInt32? {
    do throws(DecodeError) { return try readThreadID(body) } catch { return nil }
  }

  private static func readThreadID(_ body: RawSpan) throws(DecodeError) -> UInt32? {
    var cursor = ByteCursor(body)
    try cursor.skip(12, "sequence number and domain id")
    let flags = Flags(rawValue: try cursor.uint8("flags"))
    if flags.contains(.groupCommitID) { try cursor.skip(8, "group's id") }
    if !flags.isDisjoint(with: [.preparedXA, .completedXA]) {
      try cursor.skip(4, "XA format")
      let first = Int(try cursor.uint8("XA length"))
      try cursor.skip(first + Int(try cursor.uint8("XA length")), "XA id")
    }
    let more = try cursor.uint8("more flags")
    if more & 1 != 0 { try cursor.skip(1, "engines") }
    if more & 12 != 0 { try cursor.skip(8, "number of the start") }
    return more & 16 != 0 ? try cursor.uint32("connection's id") : nil
  }

  /// True if the transaction is the one event that follows, without a COMMIT or XID behind it.
  public var isStandalone: Bool { flags.contains(.standalone) }

  /// The transaction's global id, nil when it has no number; the server's id stands in the event's header.
  public func gtid(server: UInt32) -> GTID? {
    sequenceNumber == 0 ? nil : .mariadb(domain: domainID, server: server, sequence: sequenceNumber)
  }
}
