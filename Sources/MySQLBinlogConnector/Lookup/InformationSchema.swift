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
    let schema: TableSchema
    /// The end of its log at a moment after that; nil where the account may not ask.
    let logEnd: BinlogPosition?
  }

  let completesTypes: Bool
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
  init(_ replica: Replica, of server: ServerIdentity, completesTypes: Bool) {
    self.completesTypes = completesTypes
    self.replica = replica
    self.server = server
    scan = DefinitionScan(replica)
  }

  func schema(
    of table: String, in database: String, at place: BinlogPosition
  ) throws(ColumnLookupFailure) -> TableSchema {
    lock.lock()
    defer { lock.unlock() }
    let key = TableKey(schema: database, table: table)
    if let change = scan.lastChange(of: key, behind: place) { throw .changed(change) }
    if let failure, failure.time.duration(to: .now) < Self.retryInterval { throw .unavailable(failure.reason) }
    sayOnce(
      "the log lacks names or types of columns, first of \(database).\(table): the server's information_schema is asked"
    )
    let connection: Connection
    do throws(WireError) {
      connection = try Connection(replica.connectionOptions(interrupt: nil), to: server)
    } catch {
      throw unavailable(error)
    }
    defer { replica.end(connection) }
    let answer: Answer?
    do throws(WireError) { answer = try ask(connection, database, table) } catch { throw unavailable(error) }
    guard let answer else { throw .unknownTable }
    try look(connection, from: place, to: answer.logEnd)
    if let change = scan.lastChange(of: key, behind: place) { throw .changed(change) }
    return answer.schema
  }

  private func sayOnce(_ message: String) {
    if !hasSaidSo { log.info("\(message)") }
    hasSaidSo = true
  }

  private func unavailable(_ error: WireError) -> ColumnLookupFailure {
    if case .server = error.cause {} else { failure = (error.description, .now) }
    return .unavailable(error.description)
  }

  /// The table, and the end of the log at a moment after that; nil where the server shows no such table.
  ///
  /// Between the two stands SHOW CREATE TABLE, which waits for a statement that is just changing the table: what MySQL shows
  /// of such a change may not be in the log yet.
  private func ask(_ connection: Connection, _ database: String, _ table: String) throws(WireError) -> Answer? {
    let found = try connection.query(Self.columnsStatement(database, table))
    let columns = Self.columns(found, database, table)
    guard !columns.isEmpty else { return nil }
    let key = Self.key(try connection.query(Self.keyStatement(database, table)), database, table)
    _ = try connection.query("SHOW CREATE TABLE \(Self.quoted(database)).\(Self.quoted(table))")
    let schema = TableSchema(
      database: database, table: table, columns: columns, primaryKey: Self.indices(of: key, in: columns), from: .server)
    return Answer(schema: schema, logEnd: try ServerFacts.logEnd(connection))
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

  private static func columnsStatement(_ database: String, _ table: String) -> String {
    "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CHARACTER_SET_NAME, CHARACTER_OCTET_LENGTH, "
      + "IS_NULLABLE FROM information_schema.COLUMNS \(condition(database, table)) ORDER BY ORDINAL_POSITION"
  }

  private static func keyStatement(_ database: String, _ table: String) -> String {
    "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME FROM information_schema.STATISTICS \(condition(database, table)) "
      + "AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX"
  }

  /// Names go as hexadecimal digits: no quoting, whatever stands in them and whatever the SQL mode is.
  private static func condition(_ database: String, _ table: String) -> String {
    "WHERE TABLE_SCHEMA = \(literal(database)) AND TABLE_NAME = \(literal(table))"
  }

  private static func literal(_ name: String) -> String {
    "_utf8mb4 0x" + name.utf8.map { EventField.hex($0) }.joined()
  }

  private static func quoted(_ name: String) -> String {
    "`" + name.split(separator: "`", omittingEmptySubsequences: false).joined(separator: "``") + "`"
  }

  /// The rows of exactly this table: the server may compare names without regard to case.
  private static func rows(_ result: ResultSet, _ database: String, _ table: String, width: Int) -> [[String?]] {
    result.rows.filter { $0.count == width && $0[0] == database && $0[1] == table }
  }

  private static func columns(_ result: ResultSet, _ database: String, _ table: String) -> [ColumnDescription] {
    rows(result, database, table, width: 8).compactMap { row in
      guard let name = row[2], let dataType = row[3], let columnType = row[4] else { return nil }
      return ColumnDescription(
        name: name, dataType: dataType, columnType: columnType, characterSet: row[5],
        octetLength: row[6].flatMap { UInt64($0) }, isNullable: row[7] != "NO")
    }
  }

  private static func key(_ result: ResultSet, _ database: String, _ table: String) -> [String?] {
    rows(result, database, table, width: 3).map { $0[2] }
  }

  /// The indices of the columns with these names; none where one is missing.
  private static func indices(of key: [String?], in columns: [ColumnDescription]) -> [Int] {
    let indices = key.compactMap { name in columns.firstIndex { $0.name == name } }
    return indices.count == key.count ? indices : []
  }
}
