import BinlogParser
import Foundation
import Platform

/// Description of a table's dataset, kept beside its files: `_schemas/<db>/<table>.json`.
package struct DatasetDocument: Equatable, Sendable {
  /// The names as they are, for people and for the `schema` command.
  package let database: String
  package let table: String
  /// All columns that the dataset ever had.
  package var columns = DatasetColumns()
  /// The newest type of each in SQL.
  package var sqlTypes: [String: String] = [:]
  /// The newest name in the table of each.
  package var tableNames: [String: String] = [:]
  /// The columns of the table's newest version, in its order.
  package private(set) var newest: [String] = []
  /// Names of the primary key's columns, in its order.
  package var primaryKey: [String] = []
  /// The number of the first row that the dataset ever had; nil where that is not known.
  package var firstSequence: Int64?

  /// The dataset of `table`, without columns.
  package init(_ table: TableName) {
    database = table.schemaText
    self.table = table.tableText
  }

  /// Throws unless the document is of `table`: a file system may take two names for one.
  func check(isOf table: TableName, at path: String) throws(OutputError) {
    guard database != table.schemaText || self.table != table.tableText else { return }
    throw OutputError(
      "\(path) in the output folder describes \(database).\(self.table), and not \(table)",
      advice: "give tables whose names a file system takes for one output folders of their own")
  }

  /// Notes a version of the table as its newest one: its `columns`, and in the same order their names in the table and their types in
  /// SQL, and the indices of the primary key's columns.
  package mutating func setNewest(
    _ columns: [DatasetColumns.Column], names: [String], sqlTypes: [String], primaryKey: [Int]
  ) {
    newest = columns.map(\.name)
    for (column, name) in zip(newest, names) { tableNames[column] = name }
    for (column, sqlType) in zip(newest, sqlTypes) { self.sqlTypes[column] = sqlType }
    self.primaryKey = primaryKey.map { newest[$0] }
  }

  /// The table, whose names are text.
  var tableName: TableName { TableName(schema: Array(database.utf8), table: Array(table.utf8)) }

  /// The folder of all documents.
  package static let folder = "_schemas"

  /// The folder of the documents of the tables in `schema`.
  static func folder(ofSchema schema: [UInt8]) -> String { "\(folder)/\(DatasetFolder.schema(schema))" }

  /// The name of the document of `table`, below the output folder.
  package static func path(_ table: TableName) -> String { "\(folder)/\(DatasetFolder.path(table)).json" }

  /// The folder of the dataset, below the output folder, whose document is `name`; nil for another name.
  package static func datasetFolder(ofDocument name: String) -> String? {
    guard name.hasPrefix("\(folder)/"), name.hasSuffix(".json") else { return nil }
    return String(name.dropFirst(folder.count + 1).dropLast(".json".count))
  }

  /// The document at `path` in `store`; nil where there is none.
  init?(at path: String, in store: any OutputStore) throws(OutputError) {
    guard let bytes = try store.read(path) else { return nil }
    try self.init(decoding: bytes, from: "\(path) in the output folder")
  }

  /// The document as JSON text. Equal ones have equal texts.
  package var encoded: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Strings and integers can always be encoded.
    guard let data = try? encoder.encode(Content(self)) else { preconditionFailure("a document cannot be encoded") }
    return Array(data) + [0x0A]
  }

  /// Reads what `encoded` wrote.
  ///
  /// - Throws: `OutputError` that names `place`, for anything else.
  package init(decoding bytes: [UInt8], from place: String) throws(OutputError) {
    guard let content = try? JSONDecoder().decode(Content.self, from: Data(bytes)),
      content.version == Content.currentVersion,
      let columns = DatasetColumns(content.columns.compactMap(\.column)),
      columns.columns.count == content.columns.count,
      Set(content.newest).union(content.primaryKey).isSubset(of: columns.columns.map(\.name))
    else {
      throw OutputError(
        "\(place) does not describe a dataset as version \(Content.currentVersion) does",
        advice: "restore it: without it, new files might give a column's name a second type")
    }
    database = content.database
    table = content.table
    self.columns = columns
    for column in content.columns {
      sqlTypes[column.name] = column.sqlType
      tableNames[column.name] = column.tableName
    }
    newest = content.newest
    primaryKey = content.primaryKey
    firstSequence = content.firstSequence
  }
}

/// The document's form.
private struct Content: Codable {
  struct Column: Codable {
    let name: String
    let type: String
    let fieldID: Int32
    let sqlType: String?
    let tableName: String?

    enum CodingKeys: String, CodingKey {
      case name, type
      case tableName = "table_column"
      case fieldID = "field_id"
      case sqlType = "mysql_type"
    }

    /// The column; nil for a type that is not known.
    var column: DatasetColumns.Column? {
      DatasetType(word: type).map { DatasetColumns.Column(name: name, type: $0, fieldID: fieldID, source: tableName) }
    }
  }

  static let currentVersion = 1

  let version: Int
  let database: String
  let table: String
  let primaryKey: [String]
  let newest: [String]
  let columns: [Column]
  let firstSequence: Int64?

  enum CodingKeys: String, CodingKey {
    case version, database, table, columns
    case newest = "newest_columns"
    case primaryKey = "primary_key"
    case firstSequence = "first_seq"
  }

  init(_ document: DatasetDocument) {
    version = Self.currentVersion
    database = document.database
    table = document.table
    primaryKey = document.primaryKey
    newest = document.newest
    firstSequence = document.firstSequence
    columns = document.columns.columns.map {
      Column(
        name: $0.name, type: $0.type.word, fieldID: $0.fieldID, sqlType: document.sqlTypes[$0.name],
        tableName: document.tableNames[$0.name])
    }
  }
}
