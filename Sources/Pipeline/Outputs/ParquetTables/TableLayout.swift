import BinlogParser
import Bytes
import ParquetWriter

/// The columns of one version of a table in the files of its dataset.
///
/// The thread that decodes makes it, and the one that writes makes schemas of it.
final class TableLayout: Sendable {
  /// The dataset.
  let dataset: Dataset
  /// Mark of the version of the table: the fingerprint of its `TableSchema`.
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
  /// True if a value can be larger than its bytes in the log.
  let hasCompressedColumns: Bool
  /// Each column's part of a JSON object up to its value, behind another one: `,"name":`.
  let jsonKeys: [[UInt8]]

  /// The layout of the table that is read by `plan`, as a version of `dataset`.
  convenience init(_ plan: TablePlan, of dataset: Dataset) {
    let schema = plan.tableSchema
    let names = schema.columns.map(\.name)
    let columns = dataset.assign(names, zip(plan.columns, schema.columns).map { DatasetType($0, $1) })
    self.init(columns, plan, of: dataset)
  }

  /// The layout of rows of which only is known that they were in `dataset`.
  convenience init(unknownVersionOf dataset: Dataset) { self.init(dataset.columns, nil, of: dataset) }

  private init(_ columns: [DatasetColumns.Column], _ plan: TablePlan?, of dataset: Dataset) {
    self.dataset = dataset
    self.columns = columns
    names = plan?.tableSchema.columns.map(\.name) ?? []
    version = plan?.fingerprint ?? 0
    sqlTypes = plan?.tableSchema.columns.map(\.columnType) ?? []
    primaryKey = plan?.tableSchema.primaryKey ?? []
    let kinds = plan?.columns.map(\.kind) ?? []
    geometries = Set(kinds.indices.filter { kinds[$0] == .geometry })
    hasCompressedColumns = kinds.contains(.compressed)
    jsonKeys = columns.map { column in
      var key = OutputBuffer(capacity: column.name.utf8.count + 8)
      key.append(UInt8(ascii: ","))
      key.append(jsonString: OutputBuffer(utf8: column.name).bytes)
      key.append(UInt8(ascii: ":"))
      return key.array
    }
  }

  /// True if `other` is of the same version of the same table.
  func isSame(as other: TableLayout) -> Bool { dataset === other.dataset && version == other.version }

  /// The schema of files.
  func schema(_ settings: ParquetTablesSettings) -> Schema {
    let keys = settings.hasBloomFilters ? Set(primaryKey) : []
    let nodes = columns.enumerated().map { index, column in
      column.type.node(column.name, fieldID: column.fieldID, hasBloomFilter: keys.contains(index))
    }
    return Schema(nodes: ChangeColumns.nodes + nodes + TableRows.nodesBehindColumns)
  }

  /// Entries that footers have of the table.
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

/// `text` as a string of JSON.
func quoted(_ text: String) -> String {
  var buffer = OutputBuffer(capacity: text.utf8.count + 2)
  buffer.append(jsonString: OutputBuffer(utf8: text).bytes)
  return buffer.bytes.utf8String
}
