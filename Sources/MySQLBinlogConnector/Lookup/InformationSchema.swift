import BinlogParser
import Foundation
import Logging
import MySQLWire

/// Asks a server's `information_schema` for the columns of tables, over a connection of its own for each question.
///
/// A question comes once for each table, and again only after DDL, hours later perhaps. A connection belongs to the
/// thread that opened it, so it is opened, asked and closed in one go. Nothing that goes wrong here ends a run: a table
/// whose columns cannot be had keeps the names c0, c1, ….
final class InformationSchema: ColumnSource, @unchecked Sendable {
  private let options: ConnectionOptions
  private let log = Logger(label: "event_parser")
  /// Guards `failure`.
  private let lock = NSLock()
  private var failure: (reason: String, time: ContinuousClock.Instant)?

  /// After a connection that failed, the next one is not tried before this time has passed.
  private static let retryInterval: Duration = .seconds(30)

  /// A source that will connect with `options`.
  init(_ options: ConnectionOptions) { self.options = options }

  func columns(schema: String, table: String) throws(ColumnLookupFailure) -> [ColumnDescription] {
    lock.lock()
    defer { lock.unlock() }
    if let failure, failure.time.duration(to: .now) < Self.retryInterval { throw .unavailable(failure.reason) }
    do throws(WireError) {
      let connection = try Connection(options)
      defer { connection.close() }
      let result = try connection.query(Self.statement(schema: schema, table: table))
      failure = nil
      return Self.columns(result, schema: schema, table: table)
    } catch {
      if case .server = error.cause {} else { failure = (error.description, .now) }
      throw .unavailable(error.description)
    }
  }

  func report(_ failure: ColumnLookupFailure, schema: String, table: String) {
    log.warning("no column names for \(schema).\(table), so they are c0, c1, …: \(failure)")
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
