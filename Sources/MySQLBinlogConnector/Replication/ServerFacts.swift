import BinlogParser
import MySQLWire
import Pipeline

/// What the server says about itself, as far as this user may ask.
struct ServerFacts {
  /// Which server it is.
  let server: Checkpoint.Server
  /// Identity that a further connection to it must find.
  let identity: ServerIdentity
  /// True if it is MariaDB.
  let isMariaDB: Bool
  /// True if it gives transactions global ids.
  let hasGTIDs: Bool
  /// The server's binlog files in order, with their sizes in bytes; nil without the privilege REPLICATION CLIENT.
  let binlogs: [(name: String, size: UInt64)]?

  /// Asks; what the server does not tell stays nil.
  init(_ connection: Connection) throws(WireError) {
    isMariaDB = connection.isMariaDB
    identity = try connection.identity()
    server = Checkpoint.Server(uuid: identity.uuid, serverID: identity.serverID, version: connection.serverVersion)
    let mode = isMariaDB ? "ON" : try Self.askValue(connection, "@@global.gtid_mode")
    hasGTIDs = mode?.uppercased() == "ON"
    binlogs = try Self.binlogs(connection)
  }

  /// The end of the server's log; nil without the privilege REPLICATION CLIENT.
  static func logEnd(_ connection: Connection) throws(WireError) -> BinlogPosition? {
    for statement in connection.isMariaDB ? ["SHOW MASTER STATUS"] : ["SHOW BINARY LOG STATUS", "SHOW MASTER STATUS"] {
      guard let row = try ask(connection, statement)?.first, row.count >= 2 else { continue }
      if let file = row[0], let offset = row[1].flatMap({ UInt64($0) }) {
        return BinlogPosition(file: file, offset: offset)
      }
    }
    return nil
  }

  /// The server's binlog files in order, with their sizes in bytes; nil without the privilege REPLICATION CLIENT.
  static func binlogs(_ connection: Connection) throws(WireError) -> [(name: String, size: UInt64)]? {
    try ask(connection, "SHOW BINARY LOGS")?.compactMap { row in
      guard row.count >= 2, let name = row[0], let size = row[1].flatMap({ UInt64($0) }) else { return nil }
      // MySQL counts the header of an encrypted file, which no position does.
      let isEncrypted = row.count >= 3 && row[2] == "Yes"
      return (name, isEncrypted ? size - min(size, encryptionHeaderByteCount) : size)
    }
  }

  private static let encryptionHeaderByteCount: UInt64 = 512

  /// The place up to which the server's log went when it was asked.
  var end: BinlogPosition? { binlogs?.last.map { BinlogPosition(file: $0.name, offset: $0.size) } }

  /// The first binlog file that `server` has, asked for over a connection with `options`.
  static func oldestBinlog(_ options: ConnectionOptions, of server: ServerIdentity) throws(WireError) -> String? {
    let connection = try Connection(options, to: server)
    defer { connection.close() }
    return try binlogs(connection)?.first?.name
  }

  /// What is known of the server that wrote `files`.
  init(of files: FileSettings) {
    server = Checkpoint.Server(uuid: nil, serverID: nil, version: "")
    identity = ServerIdentity(uuid: nil, serverID: nil)
    isMariaDB = false
    hasGTIDs = false
    binlogs = files.files.map { ($0.name, $0.byteCount) }
  }

  /// The server's log, for a look at all of its files; nil without the privilege REPLICATION CLIENT.
  func searchedLog(_ replica: Replica) -> SearchedLog? {
    guard let binlogs, !binlogs.isEmpty else { return nil }
    return .server(replica, self)
  }

  /// The value of one expression, or nil where the server refuses.
  static func askValue(_ connection: Connection, _ expression: String) throws(WireError) -> String? {
    try ask(connection, "SELECT \(expression)")?.first?.first.flatMap { $0 }
  }

  /// The rows of the answer, or nil where the server refuses.
  private static func ask(_ connection: Connection, _ statement: String) throws(WireError) -> [[String?]]? {
    do {
      return try connection.query(statement).rows
    } catch {
      if case .server = error.cause { return nil }
      throw error
    }
  }

  /// Bytes of log in a range that has an end, as far as the server's list tells.
  func byteCount(of range: BinlogRange) -> UInt64? {
    guard let toFile = range.toFile, !range.from.file.isEmpty else { return nil }
    if toFile == range.from.file, let toOffset = range.toOffset {
      return toOffset > range.from.offset ? toOffset - range.from.offset : nil
    }
    guard let binlogs else { return nil }
    var count: UInt64 = 0
    for (name, size) in binlogs {
      guard !BinlogFileOrder.precedes(name, range.from.file), !BinlogFileOrder.precedes(toFile, name) else { continue }
      let end = name == toFile ? min(range.toOffset ?? size, size) : size
      let start = name == range.from.file ? range.from.offset : 0
      let (sum, overflow) = count.addingReportingOverflow(end > start ? end - start : 0)
      guard !overflow else { return nil }  // No log is as large as this.
      count = sum
    }
    return count > 0 ? count : nil
  }
}
