import BinlogParser
import Bytes
import ParquetWriter

/// The columns of an output file, with the rows of one row group.
///
/// A struct, and not a class: each access to a variable of a class is checked at run time, which took 8 % of a row's time.
struct RowChangeColumns: ~Copyable, RowBatch {
  var timestamp: Int64Column
  var serverID: Int32Column
  var logPosition: Int64Column
  var eventRowIndex: Int64Column
  var database = DictionaryColumn()
  var table = DictionaryColumn()
  var dmlType = DictionaryColumn()
  var before: ByteArrayColumn
  var after: ByteArrayColumn
  /// The columns behind the nine; nil for none.
  var extra: ExtraColumns?

  /// A batch is full at this size, however few its rows: a row may hold many megabytes.
  static let byteLimit = 6 << 20
  /// What a column may keep of its memory between uses: a full batch of rows of a megabyte.
  private static let keptByteCount = 8 << 20

  /// Columns without rows, those of `extra` behind the nine, with room for few: of thousands of tables most have no more.
  init(extra: [ExtraColumn]) {
    timestamp = Int64Column(capacity: Self.rowCapacity)
    serverID = Int32Column(capacity: Self.rowCapacity)
    logPosition = Int64Column(capacity: Self.rowCapacity)
    eventRowIndex = Int64Column(capacity: Self.rowCapacity)
    before = ByteArrayColumn(capacity: Self.rowCapacity * Self.imageByteCount)
    after = ByteArrayColumn(capacity: Self.rowCapacity * Self.imageByteCount)
    self.extra = extra.isEmpty ? nil : ExtraColumns(extra)
  }

  private static let rowCapacity = 16
  private static let imageByteCount = 64

  var rowCount: Int { timestamp.rowCount }

  /// Bytes of the rows, roughly.
  var byteCount: Int { before.byteCount + after.byteCount + rowCount * 48 + (extra?.byteCount ?? 0) }

  /// The schema of output files with the columns `extra`. `json` is what the two images are annotated with.
  static func schema(json: LogicalType, extra: [ExtraColumn]) -> Schema {
    let nine = [
      ColumnDescriptor("timestamp", .int64, .required, encoding: .rleDictionary),
      ColumnDescriptor(
        "server_id", .int32, .required, logicalType: .integer(.bits32, signed: false), encoding: .rleDictionary),
      ColumnDescriptor("log_pos", .int64, .required, encoding: .deltaBinaryPacked),
      ColumnDescriptor("event_row_index", .int64, .required, encoding: .deltaBinaryPacked),
      ColumnDescriptor("database", .byteArray, .optional, logicalType: .string, encoding: .rleDictionary),
      ColumnDescriptor("table_name", .byteArray, .optional, logicalType: .string, encoding: .rleDictionary),
      ColumnDescriptor("dml_type", .byteArray, .required, logicalType: .string, encoding: .rleDictionary),
      ColumnDescriptor("before_values", .byteArray, .optional, logicalType: json, bounds: .none),
      ColumnDescriptor("after_values", .byteArray, .optional, logicalType: json, bounds: .none),
    ]
    return Schema(nine + extra.map(\.descriptor))
  }

  /// Shows the columns in the order of the schema.
  func appendColumns(to receiver: inout ColumnReceiver) throws(ParquetError) {
    try receiver.append(timestamp)
    try receiver.append(serverID)
    try receiver.append(logPosition)
    try receiver.append(eventRowIndex)
    try receiver.append(database)
    try receiver.append(table)
    try receiver.append(dmlType)
    try receiver.append(before)
    try receiver.append(after)
    try extra?.appendColumns(to: &receiver)
  }

  /// Forgets all rows, and most memory beyond what ordinary rows need.
  mutating func removeAll() {
    timestamp.removeAll()
    serverID.removeAll()
    logPosition.removeAll()
    eventRowIndex.removeAll()
    database.removeAll()
    table.removeAll()
    dmlType.removeAll()
    before.removeAll(shrinkingTo: Self.keptByteCount)
    after.removeAll(shrinkingTo: Self.keptByteCount)
    extra?.removeAll()
  }
}

/// Rows on their way into one row group.
final class RowChangeBatch: ChangeBatch, @unchecked Sendable {
  /// The rows.
  var columns: RowChangeColumns

  /// A batch without rows, of files with the columns `extra`.
  init(extra: [ExtraColumn]) { columns = RowChangeColumns(extra: extra) }

  var byteCount: Int { columns.byteCount }

  func removeAll() { columns.removeAll() }
}
