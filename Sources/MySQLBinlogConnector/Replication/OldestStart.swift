import BinlogParser
import Logging
import MySQLWire

/// Finds the start of what a server still has, whatever it has purged.
///
/// It is the beginning of the first file. The ids of what was purged before it count as read, so that a checkpoint's GTID set
/// is whole: MariaDB's file begins with them, and MySQL tells them, those among them that no file of its ever had.
struct OldestStart {
  private let connection: Connection
  private let facts: ServerFacts
  private let log = Logger(label: "main")

  /// The start in the log of the server with `facts` at the other end of `connection`.
  init(_ connection: Connection, _ facts: ServerFacts) {
    self.connection = connection
    self.facts = facts
  }

  /// Finds the start; nil where the account may not ask for it.
  func find() throws(RunError) -> ResumePoint? {
    let purged = try purged()
    guard let first = facts.binlogs?.first?.name else {
      if let purged { warn("transactions '\(purged)'", isPurged: !purged.isEmpty) }
      // Without a position, MariaDB begins with its first file as long as that has everything.
      return purged.map { ResumePoint(behind: $0) }
        ?? (facts.isMariaDB ? ResumePoint(behind: .mariadb(MariaDBGTIDPosition())) : nil)
    }
    let start = ResumePoint(at: BinlogPosition(file: first, offset: 4), gtids: purged)
    log.info("beginning with the oldest event that the server has: \(start)")
    if let purged {
      warn("transactions '\(purged)'", isPurged: !purged.isEmpty)
    } else {
      warn("the files before \(first)", isPurged: BinlogFileOrder.number(of: first) != 1)
    }
    return start
  }

  /// The transactions that a MySQL server no longer has in its files.
  private func purged() throws(RunError) -> GTIDSet? {
    guard !facts.isMariaDB, facts.hasGTIDs else { return nil }
    do {
      return try ServerFacts.askValue(connection, "@@global.gtid_purged")
        .flatMap { GTIDSet(trusted: $0, isMariaDB: false) }
    } catch {
      throw .wire(error, reached: nil)
    }
  }

  private func warn(_ what: String, isPurged: Bool) {
    guard isPurged else { return }
    log.warning(
      "the server has purged \(what) from its log: they are missing; take a copy of the tables if they matter")
  }
}
