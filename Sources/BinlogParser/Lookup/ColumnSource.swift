/// A place where the columns of a table can be asked for when TABLE_MAP does not name them: a server's `information_schema`, or
/// CREATE TABLE statements in files.
///
/// A server knows its tables as they are now, a file as they were once. So what they say is used only where it agrees with the
/// types in TABLE_MAP, and a server's only where no statement in the log, from the rows up to the moment of asking, may have
/// changed the columns.
public protocol ColumnSource: Sendable {
  /// True if it is asked, too, for tables whose log has the names and leaves types open.
  var completesTypes: Bool { get }

  /// The table `table` of `database` as it was at `place` in the log.
  ///
  /// - Throws: `ColumnLookupFailure` where nobody can be asked, there is no such table, or that is not certain.
  func schema(
    of table: String, in database: String, at place: BinlogPosition
  ) throws(ColumnLookupFailure) -> TableSchema
}

/// The sources that are asked for a table's columns, one after the other, until one agrees with TABLE_MAP.
public struct ColumnSources: Sendable {
  /// Takes what a user should know of a table.
  public typealias Report = @Sendable (_ notice: ColumnNotice, _ database: String, _ table: String) -> Void

  let sources: [any ColumnSource]
  let report: Report

  /// The sources in the order of asking.
  ///
  /// - Parameter report: called at most once for each table and notice; without any source for the first table only.
  public init(_ sources: [any ColumnSource], report: @escaping Report) {
    self.sources = sources
    self.report = report
  }
}

/// News of the names of a table's columns.
public enum ColumnNotice: Equatable, Sendable {
  /// They are c0, c1, …, for these reasons, one of each source.
  case missing([ColumnLookupFailure])
  /// They come from a file, which is of an unknown time, and the statement at this place may have changed them.
  case uncertain(TableSchema.Origin, changed: BinlogPosition)
}

/// Why a table keeps the column names c0, c1, ….
public enum ColumnLookupFailure: Error, Equatable, Sendable {
  /// The server could not be asked.
  case unavailable(String)
  /// A statement at this place, behind the rows, may have changed the columns.
  case changed(BinlogPosition)
  /// The server shows no columns of the table: it is gone, or the account has no privilege on it.
  case unknownTable
  /// No schema file has the table.
  case notInFiles
  /// The table has another number of columns there than in the log.
  case columnCount(log: Int, other: Int, TableSchema.Origin)
  /// The columns have other names there than in the log.
  case columnNames(TableSchema.Origin)
  /// A column has another type there than in the log.
  case columnType(name: String, log: String, other: String, TableSchema.Origin)
}

extension ColumnLookupFailure: CustomStringConvertible {
  /// One phrase for a log.
  public var description: String {
    switch self {
    case .unavailable(let reason): "the server could not be asked: \(reason)"
    case .changed(let place):
      "a statement at \(place) may have changed them, and the server only tells what they are now"
    case .unknownTable: "the server shows no such table; the account needs SELECT on it"
    case .notInFiles: "no schema file has the table"
    case .columnCount(let log, let other, let origin): "the log has \(log) columns, \(origin) shows \(other)"
    case .columnNames(let origin): "the log has other names of columns than \(origin) shows"
    case .columnType(let name, let log, let other, let origin):
      "column \(name) is \(log) in the log, \(origin) shows \(other)"
    }
  }
}
