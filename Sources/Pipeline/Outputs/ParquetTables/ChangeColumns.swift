import BinlogParser
import Bytes
import ParquetWriter

/// The columns before those of the table: what happened to each row, when, and where the log says so.
struct ChangeColumns: ~Copyable {
  private var operation = DictionaryColumn()
  private var sequence = Int64Column(capacity: rowCapacity)
  private var time = Int64Column(capacity: rowCapacity)
  private var file = DictionaryColumn()
  private var position = Int64Column(capacity: rowCapacity)
  private var row = Int64Column(capacity: rowCapacity)
  private var gtid = DictionaryColumn()
  private(set) var xid = XIDColumn()
  private var threadID = Int64Column(capacity: rowCapacity)
  /// The operation of the last row, and its index in the column's dictionary.
  private var last: (operation: ChangeOperation, index: UInt32)?

  /// Numbers of the first and the last row in the stream.
  private(set) var sequences: ClosedRange<Int64>?

  private static let rowCapacity = 16

  /// Columns without rows.
  init() {}

  /// The nodes of a file's schema.
  static let nodes: [SchemaNode] = [
    column("_cdc_op", .byteArray, .required, 1, .string),
    column("_cdc_seq", .int64, .required, 2),
    column("_cdc_time", .int64, .required, 3, .utcMicroseconds),
    column("_cdc_file", .byteArray, .required, 4, .string),
    column("_cdc_pos", .int64, .required, 5),
    column("_cdc_row", .int64, .required, 6),
    column("_cdc_gtid", .byteArray, .optional, 7, .string),
    column("_cdc_xid", .int64, .optional, 8),
    column("_cdc_thread_id", .int64, .optional, 9),
  ]

  private static func column(
    _ name: String, _ type: PhysicalType, _ repetition: FieldRepetitionType, _ fieldID: Int32,
    _ logicalType: LogicalType? = nil
  ) -> SchemaNode {
    .column(
      ColumnDescriptor(name, type, repetition, logicalType: logicalType, encoding: .smallest, fieldID: fieldID))
  }

  /// Rows whose operation is known.
  var rowCount: Int { operation.rowCount }

  /// Adds the row of an event with the number `row` in it, from 1. What it shares with the event's other rows comes with `fill`.
  mutating func append(_ operation: ChangeOperation, row: Int64) throws(ParquetError) {
    self.row.append(row)
    if let last, last.operation == operation { return self.operation.append(index: last.index) }
    let index = try index(of: operation)
    last = (operation, index)
    self.operation.append(index: index)
  }

  private mutating func index(of operation: ChangeOperation) throws(ParquetError) -> UInt32 {
    var letter = OutputBuffer(capacity: 1)
    letter.append(operation.rawValue)
    return try self.operation.index(of: letter.bytes)
  }

  /// Completes the rows that were added since the last call, all of one event.
  ///
  /// - Parameters:
  ///   - first: the number of the first of them in the stream.
  ///   - name: the binlog file.
  mutating func fill(
    _ origin: RowsOrigin, first: Int64, file name: String, _ pending: PendingXID
  ) throws(ParquetError) {
    let count = operation.rowCount - sequence.rowCount
    guard count > 0 else { return }
    let transaction = origin.transaction
    for index in 0..<Int64(count) { sequence.append(first &+ index) }
    sequences = (sequences?.lowerBound ?? first)...max(first, first &+ Int64(count) &- 1)
    time.append(Int64(clamping: transaction.microseconds(of: origin.frame)), count: count)
    try file.append(name, count: count)
    position.append(Int64(clamping: origin.frame.end), count: count)
    try gtid.append(transaction.gtid, count: count)
    xid.append(pending, count)
    threadID.append(transaction.threadID.map { Int64($0) }, count: count)
  }

  /// Notes whether the last rows' transaction is open, before they are taken away.
  mutating func noteOpen() { xid.noteOpen() }

  /// Bytes of the values, roughly.
  var byteCount: Int { rowCount * Self.rowByteCount + gtid.byteCount }

  private static let rowByteCount = 52

  /// Shows the columns in the order of the schema.
  func appendColumns(to receiver: inout ColumnReceiver) throws(ParquetError) {
    try receiver.append(operation)
    try receiver.append(sequence)
    try receiver.append(time)
    try receiver.append(file)
    try receiver.append(position)
    try receiver.append(row)
    try receiver.append(gtid)
    if xid.open == nil { try receiver.append(xid.column()) } else { receiver.postpone() }
    try receiver.append(threadID)
  }

  /// Forgets all rows; the memory stays.
  mutating func removeAll() {
    operation.removeAll()
    sequence.removeAll()
    time.removeAll()
    file.removeAll()
    position.removeAll()
    row.removeAll()
    gtid.removeAll()
    xid.removeAll()
    threadID.removeAll()
    last = nil
    sequences = nil
  }
}
