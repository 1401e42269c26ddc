import BinlogParser
import MySQLWire

/// The transactions that a server has, as far as it tells.
struct ServerHistory {
  private let connection: Connection
  private let isMariaDB: Bool

  /// The history of the server at the other end of `connection`.
  init(_ connection: Connection) {
    self.connection = connection
    isMariaDB = connection.isMariaDB
  }

  /// Says whether the server has all transactions of `gtids`.
  func includes(_ gtids: GTIDSet) throws(RunError) -> Bool {
    guard case .mariadb(let position) = gtids else {
      return try ask("@@global.gtid_executed").flatMap { GTIDSet(trusted: $0, isMariaDB: false) }?
        .isSuperset(of: gtids) == true
    }
    return try state()?.includes(position) == true
  }

  /// Says whether the server's log has the transactions of `gtids` before `position`, whatever it says of itself: domains
  /// may have been deleted since (`FLUSH BINARY LOGS DELETE_DOMAIN_ID`).
  func hasLogged(_ gtids: GTIDSet, before position: BinlogPosition) throws(RunError) -> Bool {
    guard isMariaDB else { return false }
    return try self.gtids(before: position) == gtids
  }

  /// The ids of all transactions before `position`, from a MariaDB server, which finds them by itself.
  func gtids(before position: BinlogPosition) throws(RunError) -> GTIDSet? {
    let name = "_utf8mb4 0x" + position.file.utf8.map { EventField.hex($0) }.joined()
    return try ask("BINLOG_GTID_POS(\(name), \(position.offset))")
      .flatMap { GTIDSet(trusted: $0, isMariaDB: true) }
  }

  /// Says whether the server keeps what it replicates out of its log: who reads that log misses it.
  ///
  /// Of a MySQL server only the setting is known, of MariaDB also whether it ever replicated anything of the kind.
  func omitsReplicated() throws(RunError) -> Bool {
    guard isMariaDB else {
      let setting = try ask("@@global.log_replica_updates")
      return setting == "0"
    }
    guard try ask("@@global.log_slave_updates") == "0" else { return false }
    return try state()?.replicatedOnly.isEmpty == false
  }

  /// Says whether the server has the last transactions of `gtids` only because it replicated them without logging them: its
  /// log does not go on behind them, although MariaDB sends it.
  func omits(_ gtids: GTIDSet) throws(RunError) -> Bool {
    guard case .mariadb(let position) = gtids, try omitsReplicated(), let state = try state() else { return false }
    return state.includes(position) && !state.logs(position)
  }

  private func state() throws(RunError) -> MariaDBGTIDState? {
    let log = try ask("@@global.gtid_binlog_state") ?? ""
    let replicated = try ask("@@global.gtid_slave_pos") ?? ""
    do { return try MariaDBGTIDState(binlogState: log, slavePosition: replicated) } catch { return nil }
  }

  private func ask(_ expression: String) throws(RunError) -> String? {
    do { return try ServerFacts.askValue(connection, expression) } catch { throw .wire(error, reached: nil) }
  }
}
