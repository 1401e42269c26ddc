import ObjectStore
import Pipeline

/// The table of all changes in ClickHouse.
struct ClickHouseTable {
  private let table: SchemaTable
  private let name: SchemaTableName

  init(_ table: SchemaTable, _ name: SchemaTableName) {
    self.table = table
    self.name = name
  }

  var statements: [String] {
    let columns = table.document.fileColumns.map { "  \(quoted($0.name)) \(type(of: $0))" }
    var lines: [String] = []
    guard table.format == .none else {
      lines.append("CREATE DATABASE IF NOT EXISTS \(quoted(name.database));")
      lines.append("CREATE TABLE IF NOT EXISTS \(SQLDialect.clickhouse.identifier(name))")
      let place = SQLDialect.clickhouse.literal(address)
      return lines + ["ENGINE = \(table.isInS3 ? "DeltaLake" : "DeltaLakeLocal")(\(place));"]
    }
    if table.isByDate, table.hasOwnDay {
      lines.append("-- Without this, also in sessions to come, its column dt shows the days of the folders.")
      lines.append("SET use_hive_partitioning = 0;")
    }
    lines.append("CREATE DATABASE IF NOT EXISTS \(quoted(name.database));")
    lines.append("CREATE TABLE IF NOT EXISTS \(SQLDialect.clickhouse.identifier(name)) (")
    lines.append(columns.joined(separator: ",\n"))
    lines.append(")")
    lines.append("ENGINE = \(engine);")
    return lines
  }

  /// Lists cannot be NULL: a missing one is empty.
  private func type(of column: DatasetDocument.FileColumn) -> String {
    let name = SQLDialect.clickhouse.name(of: column.type)
    return column.isRequired || column.type == .floats ? name : "Nullable(\(name))"
  }

  private var engine: String {
    let pattern = SQLDialect.clickhouse.literal(address + "/**/*.parquet")
    return table.isInS3 ? "S3(\(pattern), 'Parquet')" : "File(Parquet, \(pattern))"
  }

  /// The folder; in an object store, as its address is written.
  private var address: String {
    guard table.isInS3 else { return table.folder }
    return "\(table.endpoint ?? "s3:/")/\(String(table.bucketAndKey).percentEncoded(keepsSlashes: true))"
  }

  private func quoted(_ name: String) -> String { SQLDialect.clickhouse.identifier(name) }
}
