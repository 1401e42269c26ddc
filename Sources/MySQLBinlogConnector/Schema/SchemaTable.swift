import Pipeline

/// A table of the output, for which statements are made.
package struct SchemaTable {
  /// Description of its dataset.
  let document: DatasetDocument
  /// The folder of its files: an absolute path, or "s3://bucket/key".
  let folder: String
  /// The address of the object store, where it is none of Amazon's.
  let endpoint: String?
  /// True if there is a folder for each day.
  let isByDate: Bool
  /// The log that makes its files a table, if any.
  let format: TableFormat

  package init(
    _ document: DatasetDocument, folder: String, endpoint: String? = nil, isByDate: Bool = false,
    format: TableFormat = .none
  ) {
    self.document = document
    self.folder = folder
    self.endpoint = endpoint
    self.isByDate = isByDate
    self.format = format
  }

  /// True if the folder is in an object store.
  var isInS3: Bool { folder.hasPrefix(Self.scheme) }

  private static let scheme = "s3://"

  /// The folder behind "s3://".
  var bucketAndKey: Substring { folder.dropFirst(Self.scheme.count) }

  /// The name of the column that the folders of days make.
  static let day = "dt"

  /// True if the table has a column of the name that the folders of days make.
  var hasOwnDay: Bool { document.columns.columns.contains { $0.name.lowercased() == Self.day } }

  /// The names of the schema and the table, in a line of comment.
  var title: String { JSONObject.string(document.database) + "." + JSONObject.string(document.table) }
}

/// Names of a table in an engine.
struct SchemaTableName {
  let database: String
  let table: String
}

extension SQLDialect {
  /// The statements for `tables`.
  package func statements(_ tables: [SchemaTable]) -> String {
    var taken = Set<[String]>()
    return tables.map { table in
      let name = name(of: table, &taken)
      return (["-- \(table.title)"] + statements(table, name)).joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
  }

  /// A name that no other table has: "orders__2", if need be.
  private func name(of table: SchemaTable, _ taken: inout Set<[String]>) -> SchemaTableName {
    let database = allowedName(table.document.database)
    let own = allowedName(table.document.table)
    var number = 1
    while true {
      let name = number == 1 ? own : "\(own)__\(number)"
      let key = foldsCase ? [database.lowercased(), name.lowercased()] : [database, name]
      if taken.insert(key).inserted { return SchemaTableName(database: database, table: name) }
      number += 1
    }
  }

  private func statements(_ table: SchemaTable, _ name: SchemaTableName) -> [String] {
    switch self {
    case .duckdb: DuckDBView(table, name).statements
    case .spark: SparkTable(table, name).statements
    case .athena: AthenaTable(table, name).statements
    case .clickhouse: ClickHouseTable(table, name).statements
    }
  }

  /// `name` with that of its database.
  func identifier(_ name: SchemaTableName) -> String { "\(identifier(name.database)).\(identifier(name.table))" }
}
