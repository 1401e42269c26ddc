import BinlogParser
import Bytes
import ParquetWriter

/// Turns rows into batches of columns, and hands full batches to the flush worker.
///
/// A row's images are rendered as JSON straight into the bytes of the page that will hold them.
struct ParquetSink: ~Copyable, EventSink {
  private(set) var figures = SinkFigures()
  private let queue: BoundedQueue<FlushMessage>
  private let pool: Pool<RowChangeBatch>
  private let metrics: SharedMetrics
  private let batchRowLimit: Int
  private let roll: RollPolicy
  private let partitioning: Partitioning
  /// The rows of the batch that is being filled.
  private var columns: RowChangeColumns
  /// Where it goes, with the table and the time in seconds since 1970 of its last event.
  private var partition = Partition.whole
  private var partitionSource: (table: TablePlan, timestamp: UInt32)?
  /// The batches of other partitions.
  private var parked = ParkedBatches()
  /// Rows since the last cut, and how long the first of them has waited for the next one.
  private var part: (rows: Int, timer: CutTimer)
  /// How long events without rows wait for a checkpoint.
  private var idle: CutTimer
  /// Cuts and beginnings of files so far.
  private var partCount: UInt64 = 0
  private var writer = ImageWriter<JSONImage>(capacity: 16)
  private var entries: DictionaryEntries?
  private var entriesSource: (table: TablePlan, kind: RowsKind)?
  /// Where the event starts whose rows came last.
  private var rowsStart: UInt64?
  /// Where it ends.
  private var rowsEnd: UInt64 = 0
  /// The number of that event's last row.
  private var eventRowIndex: Int64 = 0

  /// Where the last chunk ended, if the flush worker does not know it yet.
  private var reached: UInt64?

  /// Entries of the current batch's dictionaries: those of the table and the kind of the last rows.
  private struct DictionaryEntries: BitwiseCopyable {
    let database: UInt32
    let table: UInt32
    let dmlType: UInt32
  }

  /// How long a checkpoint may stay behind a log that has no rows for it.
  private static let idleInterval: Duration = .seconds(10)

  /// A sink for `output`; with `keepsPlace` the place in the log moves on without rows too.
  init(
    queue: BoundedQueue<FlushMessage>, pool: Pool<RowChangeBatch>, metrics: SharedMetrics, output: ParquetOutput,
    keepsPlace: Bool
  ) {
    self.queue = queue
    self.pool = pool
    self.metrics = metrics
    batchRowLimit = output.batchRowLimit
    roll = output.roll
    partitioning = output.partitioning
    part = (0, CutTimer(output.roll.seconds.map { .seconds($0) }))
    idle = CutTimer(keepsPlace ? Self.idleInterval : nil)
    columns = RowChangeColumns()
  }

  mutating func beginFile(_ file: String, at start: UInt64?, _ boundary: TransactionBoundary?) {
    handOverAll()
    rowsStart = nil
    send(.beginFile(file, start: start, boundary))
    beginPart()
  }

  mutating func beginOutput(at start: UInt64) { send(.beginOutput(start)) }

  var isCutDue: Bool {
    guard part.rows > 0 else { return idle.isOver }
    if let rows = roll.rows, part.rows >= rows { return true }
    return part.timer.isOver || isLarge
  }

  /// True if the file has its bytes. Rows on their way to it do not count yet.
  private var isLarge: Bool {
    guard let bytes = roll.bytes else { return false }
    let metrics = metrics.snapshot
    return metrics.parts == partCount && metrics.partBytes >= bytes
  }

  var cutTime: ContinuousClock.Instant? { part.rows > 0 ? part.timer.end : idle.end }

  mutating func cut(at boundary: TransactionBoundary) {
    handOverAll()
    send(.cut(boundary))
    beginPart()
  }

  private mutating func beginPart() {
    part.rows = 0
    part.timer.stop()
    idle.stop()
    partCount += 1
  }

  mutating func format(_ event: FormatDescriptionEvent) { send(.serverVersion(event.serverVersion)) }

  mutating func endChunk(at position: UInt64) {
    reached = position
    idle.start()
  }

  mutating func finish(at boundary: TransactionBoundary?) {
    handOverAll()
    send(.finish(boundary))
    queue.finish()
  }

  mutating func rows(
    _ event: borrowing RowsEvent, _ table: TablePlan, _ origin: RowsOrigin
  ) throws(PipelineError) {
    let frame = origin.frame
    var images = try event.images(table)
    // The rows events of a TRANSACTION_PAYLOAD share its place, and count on.
    if frame.start != rowsStart { eventRowIndex = 0 }
    rowsStart = frame.start
    if partitioning.isActive { enterPartition(of: table, timestamp: frame.header.timestamp) }
    rowsEnd = frame.end
    part.timer.start()
    while !images.isAtEnd {
      eventRowIndex += 1
      try appendImages(&images, event.kind)
      try appendDescription(event.kind, table, frame, eventRowIndex)
      figures.rows += 1
      part.rows += 1
      if columns.rowCount >= batchRowLimit || columns.byteCount >= RowChangeColumns.byteLimit { handOver() }
    }
    figures.replacements = UInt64(writer.replacements)
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

  /// Takes up the batch of the partition to which rows of `table` belong whose event has the `timestamp`.
  private mutating func enterPartition(of table: TablePlan, timestamp: UInt32) {
    if let source = partitionSource, source.table === table, source.timestamp == timestamp { return }
    partitionSource = (table, timestamp)
    let next = partitioning.partition(of: table, timestamp: timestamp)
    guard next != partition else { return }
    if columns.rowCount > 0 {
      parked.park(closeBatch(), of: partition)
      for (partition, batch) in parked.takeExcess() { send(.batch(batch, partition, end: rowsEnd)) }
    }
    if let batch = parked.take(next) { swap(&columns, &batch.columns) }
    partition = next
    entries = nil
  }

  private mutating func handOver() {
    guard columns.rowCount > 0 else { return }
    send(.batch(closeBatch(), partition, end: rowsEnd))
    // Only now: while the queue was full, no memory waited for the rows to come.
    if let batch = pool.take() { swap(&columns, &batch.columns) }
  }

  /// The batch that was being filled; the next one is empty.
  private mutating func closeBatch() -> RowChangeBatch {
    let batch = RowChangeBatch()
    swap(&columns, &batch.columns)
    entries = nil
    return batch
  }

  private mutating func handOverAll() {
    for (partition, batch) in parked.takeAll() { send(.batch(batch, partition, end: rowsEnd)) }
    handOver()
    if let reached { send(.reached(reached)) }
    reached = nil
  }

  /// A closed queue means that the flush worker has failed, and that its error ends the run.
  private func send(_ message: FlushMessage) { _ = queue.put(message, weight: message.weight) }
}
