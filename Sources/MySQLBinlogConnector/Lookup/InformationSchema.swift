import BinlogParser
import Foundation
import Logging
import MySQLWire
import Pipeline

/// Asks a server's `information_schema` for the columns of tables, over a connection of its own for each question.
///
/// The answer is what the columns are now. It is used for rows behind which no statement in the log, up to a moment after the
/// answer, may have changed them (`DefinitionScan`).
///
/// A question comes once for each table, and again only after DDL, hours later perhaps. A connection belongs to the
/// thread that opened it, so it is opened, asked and closed in one go. Nothing that goes wrong here ends a run: a table
/// whose columns cannot be had keeps the names c0, c1, ….
final class InformationSchema: ColumnSource, @unchecked Sendable {
  /// What a server says.
  private struct Answer {
    let columns: [ColumnDescription]
    /// The end of its log at a moment after that; nil where the account may not ask.
    let logEnd: BinlogPosition?
  }

  private let replica: Replica
  private let server: ServerIdentity
  private let log = Logger(label: "event_parser")
  /// Guards what follows.
  private let lock = NSLock()
  private var scan: DefinitionScan
  private var failure: (reason: String, time: ContinuousClock.Instant)?
  private var hasSaidSo = false

  /// After a connection that failed, the next one is not tried before this time has passed.
  private static let retryInterval: Duration = .seconds(30)

  /// A source that will ask the server that `replica` connects to, and believes nobody but `server`.
  init(_ replica: Replica, of server: ServerIdentity) {
    self.replica = replica
    self.server = server
    scan = DefinitionScan(replica)
  }

  func columns(
    schema: String, table: String, at place: BinlogPosition
  ) throws(ColumnLookupFailure) -> [ColumnDescription] {
    lock.lock()
    defer { lock.unlock() }
    let key = TableKey(schema: schema, table: table)
    if let change = scan.lastChange(of: key, behind: place) { throw .changed(change) }
    if let failure, failure.time.duration(to: .now) < Self.retryInterval { throw .unavailable(failure.reason) }
    sayOnce(
      "the log lacks names or types of columns, first of \(schema).\(table): the server's information_schema is asked")
    let connection: Connection
    do throws(WireError) {
      connection = try Connection(replica.connectionOptions(interrupt: nil), to: server)
    } catch {
      throw unavailable(error)
    }
    defer { replica.end(connection) }
    let answer: Answer
    do throws(WireError) { answer = try ask(connection, schema, table) } catch { throw unavailable(error) }
    guard !answer.columns.isEmpty else { return [] }
    try look(connection, from: place, to: answer.logEnd)
    if let change = scan.lastChange(of: key, behind: place) { throw .changed(change) }
    return answer.columns
  }

  private func sayOnce(_ message: String) {
    if !hasSaidSo { log.info("\(message)") }
    hasSaidSo = true
  }

  private func unavailable(_ error: WireError) -> ColumnLookupFailure {
    if case .server = error.cause {} else { failure = (error.description, .now) }
    return .unavailable(error.description)
  }

  /// The columns, and the end of the log at a moment after that.
  ///
  /// Between the two stands SHOW CREATE TABLE, which waits for a statement that is just changing the table: what MySQL shows
  /// of such a change may not be in the log yet.
  private func ask(
    _ connection: Connection, _ schema: String, _ table: String
  ) throws(WireError) -> Answer {
    let columns = Self.columns(
      try connection.query(Self.statement(schema: schema, table: table)), schema: schema, table: table)
    guard !columns.isEmpty else { return Answer(columns: [], logEnd: nil) }
    _ = try connection.query("SHOW CREATE TABLE \(Self.quoted(schema)).\(Self.quoted(table))")
    return Answer(columns: columns, logEnd: try ServerFacts.logEnd(connection))
  }

  /// Looks through the log up to a moment after the answer.
  private func look(
    _ connection: Connection, from place: BinlogPosition, to end: BinlogPosition?
  ) throws(ColumnLookupFailure) {
    // Another server, or a log that was reset.
    if let end, end.precedes(place) {
      throw .unavailable("its log ends at \(end), and the rows are at \(place): it is not the server that sends them")
    }
    do throws(DefinitionScan.Failure) { try scan.extend(from: place, to: end, connection) } catch {
      throw .unavailable("\(error)")
    }
  }

  /// Names go as hexadecimal digits: no quoting, whatever stands in them and whatever the SQL mode is.
  private static func statement(schema: String, table: String) -> String {
    "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CHARACTER_SET_NAME, CHARACTER_OCTET_LENGTH "
      + "FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = \(literal(schema)) AND TABLE_NAME = \(literal(table)) "
      + "ORDER BY ORDINAL_POSITION"
  }

  private static func literal(_ name: String) -> String {
    "_utf8mb4 0x" + name.utf8.map { EventField.hex($0) }.joined()
  }

  private static func quoted(_ name: String) -> String {
    "`" + name.split(separator: "`", omittingEmptySubsequences: false).joined(separator: "``") + "`"
  }

  /// The rows of exactly this table: the server may compare names without regard to case.
  private static func columns(_ result: ResultSet, schema: String, table: String) -> [ColumnDescription] {
    result.rows.compactMap { row in
      guard row.count == 7, row[0] == schema, row[1] == table else { return nil }
      guard let name = row[2], let dataType = row[3], let columnType = row[4] else { return nil }
      return ColumnDescription(
        name: name, dataType: dataType, columnType: columnType, characterSet: row[5],
        octetLength: row[6].flatMap { UInt64($0) })
    }
  }
}
