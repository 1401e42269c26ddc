import BinlogParser
import Foundation
import Logging
import MySQLWire

/// Asks a server's `information_schema` for the columns of tables, over a connection of its own that is opened when the
/// first question comes.
///
/// Nothing that goes wrong here ends a run: a table whose columns cannot be had keeps the names c0, c1, ….
final class InformationSchema: ColumnSource, @unchecked Sendable {
  private let options: ConnectionOptions
  private let log = Logger(label: "event_parser")
  /// Guards what follows: a connection serves one thread at a time.
  private let lock = NSLock()
  private var connection: Connection?
  private var failure: (reason: String, time: ContinuousClock.Instant)?

  /// After a connection that failed, the next one is not tried before this time has passed.
  private static let retryInterval: Duration = .seconds(30)

  /// A source that will connect with `options`.
  init(_ options: ConnectionOptions) { self.options = options }

  func columns(schema: String, table: String) throws(ColumnLookupFailure) -> [ColumnDescription] {
    lock.lock()
    defer { lock.unlock() }
    let statement = Self.statement(schema: schema, table: table)
    // A connection that was idle for hours may be closed by now; a new one gets a second try.
    if connection != nil, let result = try ask(statement, isLastTry: false) {
      return Self.columns(result, schema: schema, table: table)
    }
    try connect()
    return Self.columns(try ask(statement, isLastTry: true), schema: schema, table: table)
  }

  func report(_ failure: ColumnLookupFailure, schema: String, table: String) {
    log.warning("no column names for \(schema).\(table), so they are c0, c1, …: \(failure)")
  }

  /// Ends the connection.
  func close() {
    lock.lock()
    defer { lock.unlock() }
    connection?.close()
    connection = nil
  }

  private func connect() throws(ColumnLookupFailure) {
    if let failure, failure.time.duration(to: .now) < Self.retryInterval { throw .unavailable(failure.reason) }
    do throws(WireError) {
      connection = try Connection(options)
      failure = nil
      log.debug("opened a second connection to look up column names")
    } catch {
      failure = (error.description, .now)
      log.warning("column names cannot be looked up: \(error)")
      throw .unavailable(error.description)
    }
  }

  /// The server's answer; nil when the connection is lost and this was not the last try.
  private func ask(_ statement: String, isLastTry: Bool) throws(ColumnLookupFailure) -> ResultSet? {
    guard let connection else { return nil }
    do throws(WireError) { return try connection.query(statement) } catch {
      if case .server = error.cause { throw .unavailable(error.description) }
      connection.close()
      self.connection = nil
      if isLastTry { throw .unavailable(error.description) }
      return nil
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

  /// The rows of exactly this table: the server may compare names without regard to case.
  private static func columns(_ result: ResultSet?, schema: String, table: String) -> [ColumnDescription] {
    (result?.rows ?? []).compactMap { row in
      guard row.count == 7, row[0] == schema, row[1] == table else { return nil }
      guard let name = row[2], let dataType = row[3], let columnType = row[4] else { return nil }
      return ColumnDescription(
        name: name, dataType: dataType, columnType: columnType, characterSet: row[5],
        octetLength: row[6].flatMap { UInt64($0) })
    }
  }
}
