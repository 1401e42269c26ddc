/// A user lock under a name that nobody else has. It tells the session that holds it from all others, on this server and on
/// any: whoever finds it, finds the session.
public struct SessionLock: Sendable {
  private let name = "mysql-binlog-connector " + DumpSettings.randomUUID()

  /// Takes the lock, which lasts as long as the session; the answer is "1".
  var statement: String { "SELECT GET_LOCK('\(name)', 0)" }

  /// Asks for the number of the session that holds the lock, if that is a binlog dump of the account and host that ask.
  var query: String {
    "SELECT ID FROM information_schema.PROCESSLIST WHERE ID = IS_USED_LOCK('\(name)') AND COMMAND LIKE 'Binlog Dump%'"
      + " AND CONCAT(USER, '@', LEFT(HOST, CHAR_LENGTH(HOST) - CHAR_LENGTH(SUBSTRING_INDEX(HOST, ':', -1)) - 1)) = USER()"
  }
}

extension Connection {
  /// Takes a lock that tells this session from others; nil where the server gives none.
  func takeLock() throws(WireFailure) -> SessionLock? {
    let lock = SessionLock()
    do throws(WireFailure) {
      return try run(lock.statement).rows.first?.first.flatMap { $0 } == "1" ? lock : nil
    } catch {
      guard case .server = error else { throw error }
      return nil
    }
  }

  /// Ends the binlog dump that holds `lock`.
  ///
  /// Not by the number that the greeting gave, which may be a proxy's, or on another server a stranger's.
  ///
  /// - Returns: false where this server has no such dump of this account and host.
  public func killDump(holding lock: SessionLock) throws(WireError) -> Bool {
    guard let text = try query(lock.query).rows.first?.first, let id = text.flatMap({ UInt64($0) }) else {
      return false
    }
    _ = try query("KILL \(id)")
    return true
  }
}
