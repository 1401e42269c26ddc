/// Where the columns of a table can be asked for when TABLE_MAP does not name them: a server's `information_schema`.
///
/// The server knows its tables as they are now. So what it says is of use only where no statement in the log, from the rows
/// up to the moment of asking, may have changed the columns; and `TablePlan` uses it only where it agrees with the types in
/// TABLE_MAP.
public protocol ColumnSource: Sendable {
  /// The columns that a table had at `place` in the log, in order; none when the server shows no such table.
  ///
  /// - Throws: `ColumnLookupFailure.unavailable` when nobody can be asked, `changed` when that is not certain.
  func columns(
    schema: String, table: String, at place: BinlogPosition
  ) throws(ColumnLookupFailure) -> [ColumnDescription]
}

/// The sources that are asked for a table's columns, one after the other, until one agrees with TABLE_MAP.
public struct ColumnSources: Sendable {
  /// Takes the reasons of all sources why a table has no column names.
  public typealias Report = @Sendable (_ failures: [ColumnLookupFailure], _ schema: String, _ table: String) -> Void

  let sources: [any ColumnSource]
  let completesTypes: Bool
  let report: Report

  /// The sources in the order of asking.
  ///
  /// - Parameters:
  ///   - completesTypes: true if tables are asked for, too, whose log has the names and leaves types open.
  ///   - report: called at most once for each table that keeps c0, c1, …; without any source for the first one only.
  public init(_ sources: [any ColumnSource], completesTypes: Bool = false, report: @escaping Report) {
    self.sources = sources
    self.completesTypes = completesTypes
    self.report = report
  }
}

/// Why a table keeps the column names c0, c1, ….
public enum ColumnLookupFailure: Error, Equatable, Sendable {
  /// The server could not be asked.
  case unavailable(String)
  /// A statement at this place, behind the rows, may have changed the columns.
  case changed(BinlogPosition)
  /// The server shows no columns of the table: it is gone, or the account has no privilege on it.
  case unknownTable
  /// The table has another number of columns now.
  case columnCount(log: Int, server: Int)
  /// The columns have other names now than in the log.
  case columnNames
  /// A column has another type now.
  case columnType(name: String, log: String, server: String)
}

extension ColumnLookupFailure: CustomStringConvertible {
  /// One phrase for a log.
  public var description: String {
    switch self {
    case .unavailable(let reason): "the server could not be asked: \(reason)"
    case .changed(let place):
      "a statement at \(place) may have changed them, and the server only tells what they are now"
    case .unknownTable: "the server shows no such table; the account needs SELECT on it"
    case .columnCount(let log, let server): "the log has \(log) columns, the server shows \(server)"
    case .columnNames: "the columns have other names in the log than on the server"
    case .columnType(let name, let log, let server): "column \(name) is \(log) in the log and \(server) on the server"
    }
  }
}
