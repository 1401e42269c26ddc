import Pipeline

/// The table of all changes in Athena.
struct AthenaTable {
  private let table: SchemaTable
  private let name: SchemaTableName

  init(_ table: SchemaTable, _ name: SchemaTableName) {
    self.table = table
    self.name = name
  }

  /// Days are partitions, unless the table has a column of their name: Athena finds the files in their folders in any case.
  var statements: [String] {
    let isPartitioned = table.isByDate && !table.hasOwnDay && table.format == .none
    let columns = table.document.fileColumns.map { "\(quoted($0.name)) \(SQLDialect.athena.name(of: $0.type))" }
    var lines: [String] = []
    if !table.isInS3 {
      lines.append("-- Athena reads from S3 only: put the address of a copy of the folder in place of s3://BUCKET.")
    }
    if isPartitioned {
      lines.append("-- New days appear with MSCK REPAIR TABLE \(fullName), or by themselves with partition projection.")
    }
    lines.append("CREATE DATABASE IF NOT EXISTS \(quoted(name.database));")
    guard table.format == .none else {
      lines.append("CREATE EXTERNAL TABLE IF NOT EXISTS \(fullName)")
      lines.append("LOCATION \(SQLDialect.athena.literal(location))")
      return lines + ["TBLPROPERTIES ('table_type' = 'DELTA');"]
    }
    lines.append("CREATE EXTERNAL TABLE IF NOT EXISTS \(fullName) (")
    lines.append(columns.map { "  \($0)" }.joined(separator: ",\n"))
    lines.append(")")
    if isPartitioned { lines.append("PARTITIONED BY (\(quoted(SchemaTable.day)) STRING)") }
    lines.append("STORED AS PARQUET")
    lines.append("LOCATION \(SQLDialect.athena.literal(location));")
    if isPartitioned { lines.append("MSCK REPAIR TABLE \(fullName);") }
    return lines
  }

  private var location: String { (table.isInS3 ? table.folder : "s3://BUCKET" + table.folder) + "/" }

  private var fullName: String { SQLDialect.athena.identifier(name) }

  private func quoted(_ name: String) -> String { SQLDialect.athena.identifier(name) }
}
