import BinlogParser
import MySQLWire

/// What the server says about itself, as far as this user may ask.
struct ServerFacts {
  /// MySQL's server_uuid, or MariaDB's server_uid.
  let uuid: String?
  /// The server's binlog files in order, with their sizes in bytes; nil without the privilege REPLICATION CLIENT.
  let binlogs: [(name: String, size: UInt64)]?

  /// Asks; what the server does not tell stays nil.
  init(_ connection: Connection) throws(WireError) {
    let variable = connection.isMariaDB ? "server_uid" : "server_uuid"
    uuid = try Self.ask(connection, "SELECT @@global.\(variable)")?.first?.first.flatMap { $0 }
    binlogs = try Self.ask(connection, "SHOW BINARY LOGS")?.compactMap { row in
      guard row.count >= 2, let name = row[0], let size = row[1].flatMap({ UInt64($0) }) else { return nil }
      return (name, size)
    }
  }

  /// What is known of the server that wrote `files`.
  init(of files: FileSettings) {
    uuid = nil
    binlogs = files.files.map { ($0.name, $0.byteCount) }
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
    guard let toFile = range.toFile else { return nil }
    if toFile == range.from.file, let toOffset = range.toOffset { return toOffset - range.from.offset }
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
