import Pipeline

/// The table of all changes in Spark.
struct SparkTable {
  private let table: SchemaTable
  private let name: SchemaTableName

  init(_ table: SchemaTable, _ name: SchemaTableName) {
    self.table = table
    self.name = name
  }

  /// Days are partitions, unless the table has a column of their name: then their folders are searched.
  var statements: [String] {
    let database = "CREATE DATABASE IF NOT EXISTS \(quoted(name.database));"
    guard table.format == .none else {
      let place = SQLDialect.spark.literal(location)
      return [database, "CREATE TABLE IF NOT EXISTS \(fullName) USING delta LOCATION \(place);"]
    }
    let isPartitioned = table.isByDate && !table.hasOwnDay
    var columns = table.document.fileColumns.map { "\(quoted($0.name)) \(SQLDialect.spark.name(of: $0.type))" }
    if isPartitioned { columns.append("\(quoted(SchemaTable.day)) DATE") }
    var lines = [database]
    lines.append("CREATE TABLE IF NOT EXISTS \(fullName) (")
    lines.append(columns.map { "  \($0)" }.joined(separator: ",\n"))
    lines.append(")")
    lines.append("USING parquet")
    if table.isByDate, !isPartitioned { lines.append("OPTIONS (recursiveFileLookup 'true')") }
    if isPartitioned { lines.append("PARTITIONED BY (\(quoted(SchemaTable.day)))") }
    lines.append("LOCATION \(SQLDialect.spark.literal(location));")
    if isPartitioned { lines.append("MSCK REPAIR TABLE \(fullName);") }
    return lines
  }

  /// The scheme of Hadoop's own client, which Amazon's knows too.
  private var location: String { table.isInS3 ? "s3a://\(table.bucketAndKey)" : table.folder }

  private var fullName: String { SQLDialect.spark.identifier(name) }

  private func quoted(_ name: String) -> String { SQLDialect.spark.identifier(name) }
}
