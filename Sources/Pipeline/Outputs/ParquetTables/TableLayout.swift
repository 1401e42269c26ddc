import BinlogParser
import Bytes
import ParquetWriter

/// The columns of one version of a table in the files of its dataset.
///
/// The thread that decodes makes it, and the one that writes makes schemas of it.
final class TableLayout: Sendable {
  /// The dataset.
  let dataset: Dataset
  /// What tells the version of the table from others: the fingerprint of its `TableSchema`.
  let version: UInt64
  /// The columns, in the table's order.
  let columns: [DatasetColumns.Column]
  /// Their names in the table; empty where nothing tells them.
  let names: [String]
  /// Their types in SQL; empty where nothing tells them.
  let sqlTypes: [String]
  /// Indices of the primary key's columns; empty where there is no key, or nothing tells it.
  let primaryKey: [Int]
  /// Indices of the columns that hold shapes.
  let geometries: Set<Int>
  /// Each column's part of a JSON object up to its value, behind another one: `,"name":`.
  let jsonKeys: [[UInt8]]

  /// The layout of the table that is read by `plan`, as a version of `dataset`.
  convenience init(_ plan: TablePlan, of dataset: Dataset) {
    let schema = plan.tableSchema
    let types = zip(plan.columns, schema.columns).map { DatasetType($0, $1) }
    let names = schema.columns.map(\.name)
    self.init(
      dataset.assign(names, types), names: names, version: plan.fingerprint, of: dataset,
      sqlTypes: schema.columns.map(\.columnType), primaryKey: schema.primaryKey,
      geometries: Set(plan.columns.indices.filter { plan.columns[$0].kind == .geometry }))
  }

  /// The layout of rows of which only is known that they were in `dataset`.
  convenience init(unknownVersionOf dataset: Dataset) {
    self.init(dataset.columns, names: [], version: 0, of: dataset, sqlTypes: [], primaryKey: [], geometries: [])
  }

  private init(
    _ columns: [DatasetColumns.Column], names: [String], version: UInt64, of dataset: Dataset, sqlTypes: [String],
    primaryKey: [Int], geometries: Set<Int>
  ) {
    self.dataset = dataset
    self.version = version
    self.columns = columns
    self.names = names
    self.sqlTypes = sqlTypes
    self.primaryKey = primaryKey
    self.geometries = geometries
    jsonKeys = columns.map { column in
      var key = OutputBuffer(capacity: column.name.utf8.count + 8)
      key.append(UInt8(ascii: ","))
      key.append(jsonString: OutputBuffer(utf8: column.name).bytes)
      key.append(UInt8(ascii: ":"))
      return key.array
    }
  }

  /// The schema of files.
  func schema(_ settings: ParquetTablesSettings) -> Schema {
    let keys = settings.hasBloomFilters ? Set(primaryKey) : []
    let nodes = columns.enumerated().map { index, column in
      column.type.node(column.name, fieldID: column.fieldID, hasBloomFilter: keys.contains(index))
    }
    return Schema(nodes: ChangeColumns.nodes + nodes + TableRows.nodesBehindColumns)
  }

  /// What footers tell of the table.
  var metadata: [KeyValue] {
    [
      KeyValue("database", dataset.table.schemaText), KeyValue("table", dataset.table.tableText),
      KeyValue("schema_version", hexadecimal(version)),
      KeyValue("mysql_types", object(zip(columns.map(\.name), sqlTypes))),
      KeyValue("primary_key", list(primaryKey.map { columns[$0].name })),
    ]
  }
}

/// The sixteen digits of `number`.
private func hexadecimal(_ number: UInt64) -> String {
  let digits = String(number, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

/// `{"id":"int","note":"text"}`
private func object(_ members: some Sequence<(String, String)>) -> String {
  "{" + members.map { "\(quoted($0)):\(quoted($1))" }.joined(separator: ",") + "}"
}

/// `["id","note"]`
private func list(_ texts: [String]) -> String { "[" + texts.map(quoted).joined(separator: ",") + "]" }

private func quoted(_ text: String) -> String {
  var buffer = OutputBuffer(capacity: text.utf8.count + 2)
  buffer.append(jsonString: OutputBuffer(utf8: text).bytes)
  return buffer.bytes.utf8String
}
