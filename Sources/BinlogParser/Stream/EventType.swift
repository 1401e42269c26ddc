/// The type code in an event's header.
///
/// Codes up to 42 are MySQL's, 160 and above MariaDB's; any other code is a value too, and its event is passed over by
/// its size. See
/// <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Log__event__type__helper.html> and
/// <https://mariadb.com/kb/en/2-binlog-event-header/>.
public struct EventType: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  /// The code on the wire.
  public let rawValue: UInt8

  /// The event type with this code.
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The format of the events that follow, in logs before MySQL 5.0.
  public static let startV3 = EventType(rawValue: 1)
  /// A statement: DDL, BEGIN, COMMIT, and DML when the server does not log rows.
  public static let query = EventType(rawValue: 2)
  /// The server stopped in an orderly way; last in its file.
  public static let stop = EventType(rawValue: 3)
  /// The next file's name; last in its file, and made up by the server before the first event of each file.
  public static let rotate = EventType(rawValue: 4)
  /// The format of the events that follow; first in each file.
  public static let formatDescription = EventType(rawValue: 15)
  /// The commit of a transaction.
  public static let xid = EventType(rawValue: 16)
  /// LOAD DATA, when the server does not log rows.
  public static let executeLoadQuery = EventType(rawValue: 18)
  /// The columns of a table, before its rows.
  public static let tableMap = EventType(rawValue: 19)
  /// Inserted rows, MySQL 5.1.5 to 5.1.17.
  public static let writeRowsV0 = EventType(rawValue: 20)
  /// Updated rows, MySQL 5.1.5 to 5.1.17.
  public static let updateRowsV0 = EventType(rawValue: 21)
  /// Deleted rows, MySQL 5.1.5 to 5.1.17.
  public static let deleteRowsV0 = EventType(rawValue: 22)
  /// Inserted rows, MySQL 5.1 to 5.5 and MariaDB.
  public static let writeRowsV1 = EventType(rawValue: 23)
  /// Updated rows, MySQL 5.1 to 5.5 and MariaDB.
  public static let updateRowsV1 = EventType(rawValue: 24)
  /// Deleted rows, MySQL 5.1 to 5.5 and MariaDB.
  public static let deleteRowsV1 = EventType(rawValue: 25)
  /// The server lost events.
  public static let incident = EventType(rawValue: 26)
  /// The server is alive and at this position.
  public static let heartbeat = EventType(rawValue: 27)
  /// The statement behind the rows that follow, MySQL.
  public static let rowsQuery = EventType(rawValue: 29)
  /// Inserted rows, MySQL 5.6 and later.
  public static let writeRows = EventType(rawValue: 30)
  /// Updated rows, MySQL 5.6 and later.
  public static let updateRows = EventType(rawValue: 31)
  /// Deleted rows, MySQL 5.6 and later.
  public static let deleteRows = EventType(rawValue: 32)
  /// The global transaction id of the transaction that follows.
  public static let gtid = EventType(rawValue: 33)
  /// In place of GTID where none is assigned.
  public static let anonymousGTID = EventType(rawValue: 34)
  /// The GTID set of all earlier files.
  public static let previousGTIDs = EventType(rawValue: 35)
  /// An XA transaction was prepared.
  public static let xaPrepare = EventType(rawValue: 38)
  /// Updated rows with JSON diffs.
  public static let partialUpdateRows = EventType(rawValue: 39)
  /// A compressed transaction.
  public static let transactionPayload = EventType(rawValue: 40)
  /// HEARTBEAT with a 64-bit position.
  public static let heartbeatV2 = EventType(rawValue: 41)
  /// GTID with a tag, MySQL 8.4 and later.
  public static let taggedGTID = EventType(rawValue: 42)
  /// The statement behind the rows that follow, MariaDB.
  public static let annotateRows = EventType(rawValue: 160)
  /// The oldest binlog that crash recovery needs, MariaDB.
  public static let binlogCheckpoint = EventType(rawValue: 161)
  /// The global transaction id of the transaction that follows, MariaDB.
  public static let mariadbGTID = EventType(rawValue: 162)
  /// The GTID state at the start of the file, MariaDB.
  public static let mariadbGTIDList = EventType(rawValue: 163)
  /// All that follows in the file is encrypted, MariaDB.
  public static let startEncryption = EventType(rawValue: 164)
  /// QUERY, compressed, MariaDB.
  public static let queryCompressed = EventType(rawValue: 165)
  /// WRITE_ROWS v1, compressed, MariaDB; 167 and 168 are the update and the delete.
  public static let writeRowsCompressedV1 = EventType(rawValue: 166)
  /// WRITE_ROWS v2, compressed, MariaDB; 170 and 171 are the update and the delete.
  public static let writeRowsCompressed = EventType(rawValue: 169)
  static let updateRowsCompressedV1 = EventType(rawValue: 167)
  static let deleteRowsCompressedV1 = EventType(rawValue: 168)
  static let updateRowsCompressed = EventType(rawValue: 170)
  static let deleteRowsCompressed = EventType(rawValue: 171)

  /// True if a server is known to write events of this type.
  @inlinable
  public var isKnown: Bool {
    switch rawValue {
    case 1...42, 100, 101, 160...171: true  // 100 and 101 are Aurora's padding.
    default: false
    }
  }

  /// True if the event is only ever made up by the server: it is in no file and moves no position.
  @inlinable
  public var isHeartbeat: Bool { self == .heartbeat || self == .heartbeatV2 }

  /// True if the event holds rows that MariaDB compressed.
  public var holdsCompressedRows: Bool {
    (EventType.writeRowsCompressedV1.rawValue...EventType.deleteRowsCompressed.rawValue).contains(rawValue)
  }
}

extension EventType: CustomStringConvertible {
  /// The name in the server's source, or "UNKNOWN(code)".
  public var description: String { EventType.names[rawValue] ?? "UNKNOWN(\(rawValue))" }

  private static let names: [UInt8: String] = [
    1: "START_V3", 2: "QUERY", 3: "STOP", 4: "ROTATE", 5: "INTVAR", 6: "LOAD", 7: "SLAVE", 8: "CREATE_FILE",
    9: "APPEND_BLOCK", 10: "EXEC_LOAD", 11: "DELETE_FILE", 12: "NEW_LOAD", 13: "RAND", 14: "USER_VAR",
    15: "FORMAT_DESCRIPTION", 16: "XID", 17: "BEGIN_LOAD_QUERY", 18: "EXECUTE_LOAD_QUERY", 19: "TABLE_MAP",
    20: "WRITE_ROWS_V0", 21: "UPDATE_ROWS_V0", 22: "DELETE_ROWS_V0", 23: "WRITE_ROWS_V1", 24: "UPDATE_ROWS_V1",
    25: "DELETE_ROWS_V1", 26: "INCIDENT", 27: "HEARTBEAT", 28: "IGNORABLE", 29: "ROWS_QUERY", 30: "WRITE_ROWS",
    31: "UPDATE_ROWS", 32: "DELETE_ROWS", 33: "GTID", 34: "ANONYMOUS_GTID", 35: "PREVIOUS_GTIDS",
    36: "TRANSACTION_CONTEXT", 37: "VIEW_CHANGE", 38: "XA_PREPARE", 39: "PARTIAL_UPDATE_ROWS",
    40: "TRANSACTION_PAYLOAD", 41: "HEARTBEAT_V2", 42: "GTID_TAGGED", 160: "ANNOTATE_ROWS",
    161: "BINLOG_CHECKPOINT", 162: "MARIADB_GTID", 163: "MARIADB_GTID_LIST", 164: "START_ENCRYPTION",
    165: "QUERY_COMPRESSED", 166: "WRITE_ROWS_COMPRESSED_V1", 167: "UPDATE_ROWS_COMPRESSED_V1",
    168: "DELETE_ROWS_COMPRESSED_V1", 169: "WRITE_ROWS_COMPRESSED", 170: "UPDATE_ROWS_COMPRESSED",
    171: "DELETE_ROWS_COMPRESSED",
  ]
}
