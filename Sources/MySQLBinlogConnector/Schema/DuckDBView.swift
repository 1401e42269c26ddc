import Pipeline

/// The view of a table's current state in DuckDB: of each key the row with the largest `_cdc_seq`, unless it is deleted, or the table was
/// emptied behind it. Without a primary key it is a view of all changes.
struct DuckDBView {
  private let table: SchemaTable
  private let name: SchemaTableName

  init(_ table: SchemaTable, _ name: SchemaTableName) {
    self.table = table
    self.name = name
  }

  var statements: [String] {
    let view = "CREATE OR REPLACE VIEW \(SQLDialect.duckdb.identifier(name)) AS"
    var lines = table.isInS3 ? ["-- DuckDB needs credentials: CREATE SECRET (TYPE s3, PROVIDER credential_chain);"] : []
    if document.primaryKey.isEmpty {
      lines.append("-- The primary key is not known: these are all changes.")
    } else {
      lines += hiddenColumns
    }
    lines.append("CREATE SCHEMA IF NOT EXISTS \(quoted(name.database));")
    lines.append(view)
    return lines + (document.primaryKey.isEmpty ? allChanges : currentState)
  }

  private var document: DatasetDocument { table.document }

  private var allChanges: [String] { ["SELECT * FROM \(source);"] }

  private var currentState: [String] {
    let columns = self.columns(document.newest)
    let ours = ["_cdc_op", "_cdc_seq"] + (key.contains(where: \.mayBeUnheld) ? ["_cdc_raw"] : [])
    let inner = ours.map(quoted) + columns.map { value(of: $0) }
    let outer = columns.map { column in
      let own = document.tableNames[column.name] ?? column.name
      return own == column.name ? quoted(own) : "\(quoted(column.name)) AS \(quoted(own))"
    }
    return [
      "WITH changes AS (", "  SELECT", inner.map { "    \($0)" }.joined(separator: ",\n"), "  FROM \(source)", ")",
      "SELECT", outer.map { "  \($0)" }.joined(separator: ",\n"), "FROM changes",
      "WHERE \"_cdc_op\" <> 't'",
      "  AND \"_cdc_seq\" > coalesce((SELECT max(\"_cdc_seq\") FROM changes WHERE \"_cdc_op\" = 't'), -1)",
      "QUALIFY row_number() OVER (PARTITION BY \(keyValues) ORDER BY \"_cdc_seq\" DESC) = 1 AND \"_cdc_op\" <> 'd';",
    ]
  }

  /// The columns of the primary key.
  private var key: [DatasetColumns.Column] { columns(document.primaryKey) }

  /// Marks of keys by which they differ: their values, and the texts of those that their types do not hold.
  private var keyValues: String {
    key.flatMap { column in
      let name = column.name
      guard column.mayBeUnheld else { return [quoted(name)] }
      let pointer = "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
      return [quoted(name), "\"_cdc_raw\" ->> \(SQLDialect.duckdb.literal(pointer))"]
    }.joined(separator: ", ")
  }

  private func columns(_ names: [String]) -> [DatasetColumns.Column] {
    names.compactMap { name in document.columns.columns.first { $0.name == name } }
  }

  /// Other columns in which rows from before an ALTER to another type have the values of `column`.
  private func older(than column: DatasetColumns.Column) -> [DatasetColumns.Column] {
    document.columns.columns.filter { other in
      other != column && !document.newest.contains(other.name)
        && document.tableNames[other.name] == document.tableNames[column.name]
    }
  }

  /// The value of `column`, or that of an older one.
  private func value(of column: DatasetColumns.Column) -> String {
    let older = older(than: column).filter { $0.type.canBeCast(to: column.type) }
    guard !older.isEmpty else { return quoted(column.name) }
    let type = SQLDialect.duckdb.name(of: column.type)
    let casts = older.map { "TRY_CAST(\(quoted($0.name)) AS \(type))" }
    return "coalesce(\(([quoted(column.name)] + casts).joined(separator: ", "))) AS \(quoted(column.name))"
  }

  /// Comments on older columns whose values the view does not show.
  private var hiddenColumns: [String] {
    columns(document.newest).flatMap { column in
      older(than: column).filter { !$0.type.canBeCast(to: column.type) }.map { other in
        let names = [other, column].map { JSONObject.string($0.name) }
        return
          "-- \(names[0]) (\(SQLDialect.duckdb.name(of: other.type))) of rows from before an ALTER to \(names[1]) is not shown."
      }
    }
  }

  private var source: String {
    if table.format == .delta { return "delta_scan(\(SQLDialect.duckdb.literal(table.folder)))" }
    let pattern = SQLDialect.duckdb.literal(Self.withoutWildcards(table.folder) + "/**/*.parquet")
    return "read_parquet(\(pattern), union_by_name = true, hive_partitioning = false)"
  }

  /// A pattern that only `path` fits.
  private static func withoutWildcards(_ path: String) -> String {
    path.map { "*?[".contains($0) ? "[\($0)]" : String($0) }.joined()
  }

  private func quoted(_ name: String) -> String { SQLDialect.duckdb.identifier(name) }
}

extension DatasetColumns.Column {
  /// True if `_cdc_raw` may have a value in its place that differs from others.
  fileprivate var mayBeUnheld: Bool { [.date, .dateTime, .timestamp, .string].contains(type) }
}

extension DatasetType {
  /// True if values can be told from each other behind a cast to `type`: bytes are no text, and lists are themselves only.
  fileprivate func canBeCast(to type: DatasetType) -> Bool {
    ![self, type].contains { $0 == .binary || $0 == .floats }
  }
}
