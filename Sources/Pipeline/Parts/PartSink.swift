import BinlogParser
import Bytes

/// Divides what a writer makes of events into parts and partitions, and hands full batches to the thread that writes.
struct PartSink<Writer: ChangeWriter & ~Copyable>: ~Copyable, EventSink {
  private var writer: Writer
  private var target: PartTarget<Writer.Batch>
  private let metrics: SharedMetrics
  private let roll: RollPolicy
  private let partitioning: Partitioning
  /// The table and the time in seconds since 1970 of the last event, which say the partition.
  private var partitionSource: (table: TablePlan, timestamp: UInt32)?
  /// The batches of other partitions.
  private var parked: ParkedBatches<Writer.Batch>
  /// Rows before the last cut, and how long the first of those since has waited for the next one.
  private var part: (start: UInt64, timer: CutTimer)
  /// Time that events without rows have waited for a checkpoint.
  private var idle: CutTimer
  /// Cuts and beginnings of files so far.
  private var partCount: UInt64 = 0
  /// Where the last chunk ended, if the thread that writes does not know it yet.
  private var reached: UInt64?

  /// Longest time that a checkpoint stays behind a log without rows for it.
  private static var idleInterval: Duration { .seconds(10) }

  /// A sink of `writer` for `output`; with `keepsPlace` the place in the log moves on without rows too.
  init(
    _ writer: consuming Writer, _ target: consuming PartTarget<Writer.Batch>, output: PartOutput,
    metrics: SharedMetrics, keepsPlace: Bool
  ) {
    self.writer = writer
    self.target = target
    self.metrics = metrics
    roll = output.roll
    partitioning = output.partitioning
    parked = ParkedBatches(memoryLimit: output.memoryLimit)
    part = (0, CutTimer(output.roll.seconds.map { .seconds($0) }))
    idle = CutTimer(keepsPlace ? Self.idleInterval : nil)
  }

  var figures: SinkFigures { SinkFigures(rows: target.rows, replacements: UInt64(writer.replacements)) }
  var showsTransactions: Bool { writer.showsTransactions }

  // MARK: Events

  mutating func format(_ event: FormatDescriptionEvent) {
    writer.format(event)
    target.send(.serverVersion(event.serverVersion))
  }

  mutating func event(
    _ frame: EventFrame, _ body: RawSpan, _ transaction: TransactionContext
  ) throws(PipelineError) {
    try writer.event(frame, body, transaction, to: &target)
  }

  mutating func rows(
    _ event: borrowing RowsEvent, _ table: TablePlan, _ origin: RowsOrigin
  ) throws(PipelineError) {
    if partitioning.isActive { try enterPartition(of: table, timestamp: origin.frame.header.timestamp) }
    noteRows(origin)
    try writer.rows(event, table, origin, to: &target)
  }

  mutating func truncation(_ table: TableName, _ origin: RowsOrigin) throws(PipelineError) {
    guard writer.showsTruncations else { return }
    partitionSource = nil
    let version = try writer.version(of: table)
    enter(partitioning.partition(of: table, version: version, timestamp: origin.frame.header.timestamp))
    noteRows(origin)
    try writer.truncation(table, origin, to: &target)
  }

  mutating func tables(ofSchema schema: [UInt8], before sequence: Int64) throws(PipelineError) -> [TableName] {
    try writer.tables(ofSchema: schema, before: sequence)
  }

  private mutating func noteRows(_ origin: RowsOrigin) {
    target.rowsEnd = origin.frame.end
    part.timer.start()
  }

  mutating func endTransaction(_ transaction: TransactionContext) { writer.endTransaction(transaction) }

  /// Takes up the batch of the partition to which rows of `table` belong whose event has the `timestamp`.
  private mutating func enterPartition(of table: TablePlan, timestamp: UInt32) throws(PipelineError) {
    if let source = partitionSource, source.table === table, source.timestamp == timestamp { return }
    partitionSource = (table, timestamp)
    let version = try writer.version(of: table)
    enter(partitioning.partition(of: table.tableName, version: version, timestamp: timestamp))
  }

  /// Takes up the batch of the partition `next`.
  private mutating func enter(_ next: Partition) {
    guard next != target.partition else { return }
    if let batch = writer.takeBatch() {
      parked.park(batch, of: target.partition)
      send(parked.takeExcess())
    }
    if let batch = parked.take(next) { writer.resume(batch) }
    target.note(hasParkedBatches: !parked.isEmpty)
    target.partition = next
  }

  // MARK: Parts

  mutating func beginFile(
    _ file: String, at start: UInt64?, _ boundary: ResumePoint?
  ) throws(PipelineError) {
    try handOverAll()
    writer.begin(file: file)
    target.send(.beginFile(file, start: start, boundary))
    beginPart()
  }

  mutating func beginOutput(at start: UInt64) { target.send(.beginOutput(start)) }

  private var hasRows: Bool { target.rows > part.start }

  var isCutDue: Bool {
    guard hasRows else { return idle.isOver }
    if let rows = roll.rows, target.rows - part.start >= UInt64(rows) { return true }
    return part.timer.isOver || isLarge
  }

  /// True if the file has its bytes. Rows on their way to it do not count yet.
  private var isLarge: Bool {
    guard let bytes = roll.bytes else { return false }
    let metrics = metrics.snapshot
    return metrics.parts == partCount && metrics.partBytes >= bytes
  }

  var cutTime: ContinuousClock.Instant? { hasRows ? part.timer.end : idle.end }

  mutating func cut(at boundary: ResumePoint) throws(PipelineError) {
    try handOverAll()
    target.send(.cut(boundary))
    beginPart()
  }

  private mutating func beginPart() {
    part.start = target.rows
    part.timer.stop()
    idle.stop()
    partCount += 1
  }

  mutating func endChunk(at position: UInt64) {
    reached = position
    idle.start()
  }

  mutating func finish(at boundary: ResumePoint?) throws(PipelineError) {
    try handOverAll()
    target.send(.finish(boundary))
    target.finish()
  }

  private mutating func handOverAll() throws(PipelineError) {
    send(parked.takeAll())
    target.note(hasParkedBatches: false)
    try writer.flush(to: &target)
    if let reached { target.send(.reached(reached)) }
    reached = nil
  }

  private func send(_ batches: [(Partition, Writer.Batch)]) {
    for (partition, batch) in batches { target.send(.batch(batch, partition, end: target.rowsEnd)) }
  }
}
