import BinlogParser
import Bytes
import ParquetWriter
import Platform

/// Turns rows into the columns of their tables.
package struct ParquetTablesWriter: ~Copyable, ChangeWriter {
  package let showsTransactions = true
  package let showsTruncations = true
  /// Nothing is replaced: what is no text stands in `_cdc_raw`.
  package let replacements = 0
  private let batchRowLimit: Int
  private var datasets: Datasets
  private var comparison: ImageComparison
  /// The rows of the table at hand; nil for none.
  private var batch: TableBatch?
  private var file = ""
  /// Start of the event whose rows came last, and the number of its last row.
  private var lastEvent: (start: UInt64, row: Int64)?
  /// The XID of the open transaction, where it has rows.
  private var xid: PendingXID?

  /// A batch is full at this size, however few its rows.
  private static let batchByteLimit = 6 << 20

  /// A writer without rows, for datasets in `store`.
  package init(_ settings: ParquetTablesSettings, in store: any OutputStore) {
    batchRowLimit = settings.batchRowLimit
    datasets = Datasets(in: store, settings.tableFormat)
    comparison = ImageComparison(settings.beforeImages)
  }

  package mutating func begin(file: String) {
    lastEvent = nil
    self.file = file
    // A transaction that is open now has no end in the log.
    xid = nil
  }

  package mutating func endTransaction(_ transaction: TransactionContext) {
    xid?.end(transaction.xid)
    xid = nil
  }

  package mutating func version(of table: TablePlan) throws(PipelineError) -> UInt64? {
    try datasets.layout(of: table).version
  }

  package mutating func version(of table: TableName) throws(PipelineError) -> UInt64? {
    try datasets.layout(of: table).version
  }

  package mutating func takeBatch() -> TableBatch? {
    guard let batch, batch.rows.rowCount > 0 else { return nil }
    batch.rows.noteOpen()
    self.batch = nil
    return batch
  }

  package mutating func resume(_ batch: TableBatch) { self.batch = batch }

  package mutating func rows(
    _ event: borrowing RowsEvent, _ table: TablePlan, _ origin: RowsOrigin,
    to target: inout some BatchTarget<TableBatch> & ~Copyable
  ) throws(PipelineError) {
    let layout = try datasets.layout(of: table)
    layout.dataset.noteRow(origin.firstSequence)
    var images = try event.images(table)
    // The rows events of a TRANSACTION_PAYLOAD share its place, and count on.
    var row = lastEvent.map { $0.start == origin.frame.start ? $0.row : 0 } ?? 0
    var sequence = origin.firstSequence
    comparison.begin()
    while !images.isAtEnd {
      let batch = batch(of: layout)
      let count = try append(&images, event.kind, &row, to: batch)
      try complete(batch, count, origin, &sequence, &target)
    }
    lastEvent = (origin.frame.start, row)
  }

  /// Adds rows of an event until the batch is full; returns their number, which is larger than that of the event where keys change.
  private mutating func append(
    _ images: inout RowCursor, _ kind: RowsKind, _ row: inout Int64, to batch: TableBatch
  ) throws(PipelineError) -> Int {
    let count = batch.rows.rowCount
    try batch.append(&images, kind, &row, &comparison, until: batchRowLimit, Self.batchByteLimit)
    return batch.rows.rowCount - count
  }

  package mutating func truncation(
    _ table: TableName, _ origin: RowsOrigin, to target: inout some BatchTarget<TableBatch> & ~Copyable
  ) throws(PipelineError) {
    let layout = try datasets.layout(of: table)
    layout.dataset.noteRow(origin.firstSequence)
    let batch = batch(of: layout)
    var sequence = origin.firstSequence
    try batch.rows.appendTruncation()
    try complete(batch, 1, origin, &sequence, &target)
  }

  package mutating func tables(
    ofSchema schema: [UInt8], before sequence: Int64
  ) throws(PipelineError) -> [TableName] {
    try datasets.tables(ofSchema: schema, before: sequence)
  }

  /// The batch that rows of `layout` go to: the one at hand, unless it was emptied, and is of another table.
  private mutating func batch(of layout: TableLayout) -> TableBatch {
    if let batch, batch.layout.isSame(as: layout) { return batch }
    precondition(batch == nil || batch?.rows.rowCount == 0, "rows of another table")
    let batch = TableBatch(layout)
    self.batch = batch
    return batch
  }

  /// Completes the last `count` rows of `batch`, of which the first has the number `sequence`, and hands it over when it is full.
  private mutating func complete(
    _ batch: TableBatch, _ count: Int, _ origin: RowsOrigin, _ sequence: inout Int64,
    _ target: inout some BatchTarget<TableBatch> & ~Copyable
  ) throws(PipelineError) {
    let xid = self.xid ?? PendingXID()
    self.xid = xid
    try batch.rows.fill(origin, first: sequence, file: file, xid)
    sequence &+= Int64(count)
    target.rows += UInt64(count)
    guard batch.rows.rowCount >= batchRowLimit || batch.rows.byteCount >= Self.batchByteLimit else { return }
    try flush(to: &target)
  }
}

extension TableBatch {
  /// Adds rows of `images` until there are none, or the batch is full; counts them in `row`.
  fileprivate func append(
    _ images: inout RowCursor, _ kind: RowsKind, _ row: inout Int64, _ comparison: inout ImageComparison,
    until rowLimit: Int, _ byteLimit: Int
  ) throws(PipelineError) {
    try rows.append(&images, kind, &row, &comparison, until: rowLimit, byteLimit)
  }
}

extension TableRows {
  /// Bytes of the images of an event whose rows are looked at together.
  private static let smallByteCount = 128 << 10

  /// Adds rows of `images` until there are none, or these are full; counts them in `row`.
  fileprivate mutating func append(
    _ images: inout RowCursor, _ kind: RowsKind, _ row: inout Int64, _ comparison: inout ImageComparison,
    until rowLimit: Int, _ byteLimit: Int
  ) throws(PipelineError) {
    // Few bytes of a log do not become many in columns.
    let isSmall = images.byteCount < Self.smallByteCount && !layout.hasCompressedColumns
    repeat {
      row += 1
      try append(&images, kind, row: row, &comparison)
    } while !images.isAtEnd && rowCount < rowLimit && (isSmall || byteCount < byteLimit)
  }
}
