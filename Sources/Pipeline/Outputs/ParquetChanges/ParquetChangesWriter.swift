import BinlogParser
import Bytes
import ParquetWriter

/// Turns rows into columns.
///
/// A row's images are rendered as JSON straight into the bytes of the page that will hold them.
struct ParquetChangesWriter: ~Copyable, ChangeWriter {
  private let batchRowLimit: Int
  private let extra: [ExtraColumn]
  let showsTransactions: Bool
  /// The rows of the batch that is being filled.
  private var columns: RowChangeColumns
  private var writer = ImageWriter<JSONImage>(capacity: 16)
  private var entries: DictionaryEntries?
  private var entriesSource: (table: TablePlan, kind: RowsKind)?
  /// Start of the event whose rows came last.
  private var rowsStart: UInt64?
  /// The number of that event's last row.
  private var eventRowIndex: Int64 = 0
  private var file = ""
  /// The XID of the open transaction, where it has rows.
  private var xid: PendingXID?

  /// Entries of the current batch's dictionaries: those of the table and the kind of the last rows.
  private struct DictionaryEntries: BitwiseCopyable {
    let database: UInt32
    let table: UInt32
    let dmlType: UInt32
  }

  /// A writer without rows, of batches of at most `batchRowLimit`, with the columns `extra` behind the nine.
  init(batchRowLimit: Int, extra: [ExtraColumn]) {
    self.batchRowLimit = batchRowLimit
    self.extra = extra
    showsTransactions = extra.contains { $0.isOfTransaction }
    columns = RowChangeColumns(extra: extra)
  }

  var replacements: Int { writer.replacements }

  mutating func begin(file: String) {
    rowsStart = nil
    self.file = file
    // A transaction that is open now has no end in the log.
    xid = nil
  }

  mutating func endTransaction(_ transaction: TransactionContext) {
    xid?.end(transaction.xid)
    xid = nil
  }

  mutating func takeBatch() -> RowChangeBatch? {
    guard columns.rowCount > 0 else { return nil }
    columns.extra?.noteOpen()
    let batch = RowChangeBatch(extra: extra)
    swap(&columns, &batch.columns)
    entries = nil
    return batch
  }

  mutating func resume(_ batch: RowChangeBatch) {
    swap(&columns, &batch.columns)
    entries = nil
  }

  mutating func rows(
    _ event: borrowing RowsEvent, _ table: TablePlan, _ origin: RowsOrigin,
    to target: inout some BatchTarget<RowChangeBatch> & ~Copyable
  ) throws(PipelineError) {
    let frame = origin.frame
    var images = try event.images(table)
    // The rows events of a TRANSACTION_PAYLOAD share its place, and count on.
    if frame.start != rowsStart { eventRowIndex = 0 }
    rowsStart = frame.start
    if !extra.isEmpty { try enter(origin, &target) }
    let firstIndex = eventRowIndex
    var filled = firstIndex
    while !images.isAtEnd {
      eventRowIndex += 1
      try appendImages(&images, event.kind)
      try appendDescription(event.kind, table, frame, eventRowIndex)
      target.rows += 1
      if columns.rowCount >= batchRowLimit || columns.byteCount >= RowChangeColumns.byteLimit {
        try fillExtra(origin, &filled, from: firstIndex)
        try flush(to: &target)
      }
    }
    try fillExtra(origin, &filled, from: firstIndex)
  }

  /// Begins the transaction of rows, unless it has begun, and the next batch where their facts may not fit into this one.
  private mutating func enter(
    _ origin: RowsOrigin, _ target: inout some BatchTarget<RowChangeBatch> & ~Copyable
  ) throws(PipelineError) {
    if xid == nil, extra.contains(.xid) { xid = PendingXID() }
    if columns.extra?.isFull ?? false { try flush(to: &target) }
  }

  /// Fills the columns behind the nine for the rows that have none yet: those of the event behind the `filled`th.
  private mutating func fillExtra(
    _ origin: RowsOrigin, _ filled: inout Int64, from firstIndex: Int64
  ) throws(PipelineError) {
    guard columns.extra != nil else { return }
    let first = origin.firstSequence &+ (filled - firstIndex)
    filled = eventRowIndex
    do {
      try columns.extra?.fill(to: columns.rowCount, origin, first: first, file: file, xid)
    } catch {
      throw .parquet(error)
    }
  }

  private mutating func appendImages(_ images: inout RowCursor, _ kind: RowsKind) throws(PipelineError) {
    if kind.hasBefore {
      Self.open(&columns.before, &writer)
      do { try images.visitBefore(&writer) } catch { throw .binlog(error) }
      try Self.close(&columns.before, &writer)
    } else {
      columns.before.appendNull()
    }
    if kind.hasAfter {
      Self.open(&columns.after, &writer)
      do { try images.visitAfter(&writer) } catch { throw .binlog(error) }
      try Self.close(&columns.after, &writer)
    } else {
      columns.after.appendNull()
    }
  }

  /// Lends the column's bytes to the writer, which appends one value to them.
  private static func open(_ column: inout ByteArrayColumn, _ writer: inout ImageWriter<JSONImage>) {
    column.beginValue()
    swap(&column.values, &writer.buffer)
  }

  private static func close(
    _ column: inout ByteArrayColumn, _ writer: inout ImageWriter<JSONImage>
  ) throws(PipelineError) {
    swap(&column.values, &writer.buffer)
    do { try column.endValue() } catch { throw .parquet(error) }
  }

  private mutating func appendDescription(_ kind: RowsKind, _ table: TablePlan, _ frame: EventFrame, _ index: Int64)
    throws(PipelineError)
  {
    columns.timestamp.append(Int64(frame.header.timestamp))
    columns.serverID.append(Int32(bitPattern: frame.header.serverID))
    columns.logPosition.append(Int64(clamping: frame.end))
    columns.eventRowIndex.append(index)
    let entries = try entries(table, kind)
    columns.database.append(index: entries.database)
    columns.table.append(index: entries.table)
    columns.dmlType.append(index: entries.dmlType)
  }

  private mutating func entries(_ table: TablePlan, _ kind: RowsKind) throws(PipelineError) -> DictionaryEntries {
    if let entries, let source = entriesSource, source.table === table, source.kind == kind { return entries }
    do {
      let entries = DictionaryEntries(
        database: try columns.database.index(of: OutputBuffer(utf8: table.schema).bytes),
        table: try columns.table.index(of: OutputBuffer(utf8: table.table).bytes),
        dmlType: try columns.dmlType.index(of: OutputBuffer(utf8: kind.description).bytes))
      self.entries = entries
      entriesSource = (table, kind)
      return entries
    } catch {
      throw .parquet(error)
    }
  }
}
