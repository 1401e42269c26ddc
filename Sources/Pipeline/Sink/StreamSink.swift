import BinlogParser
import Bytes

/// Delivers what a writer makes of events to standard output: at least once, because nothing tells how far it was read.
struct StreamSink<Writer: ChangeWriter & ~Copyable>: ~Copyable, EventSink where Writer.Batch == LineBatch {
  private var writer: Writer
  private var stream = ByteStream()
  private let checkpoints: Checkpoints
  private var timer: CutTimer

  /// Each checkpoint costs two waits for the disk.
  private static var checkpointInterval: Duration { .seconds(1) }

  /// A sink for what `writer` makes.
  init(_ writer: consuming Writer, checkpoints: Checkpoints) {
    self.writer = writer
    self.checkpoints = checkpoints
    timer = CutTimer(checkpoints.areKept ? Self.checkpointInterval : nil)
  }

  var figures: SinkFigures {
    SinkFigures(
      rows: stream.rows, batches: stream.pieces, bytesWritten: stream.bytesWritten,
      replacements: UInt64(writer.replacements))
  }

  mutating func format(_ event: FormatDescriptionEvent) { writer.format(event) }

  var showsTransactions: Bool { writer.showsTransactions }

  mutating func beginFile(_ file: String, at start: UInt64?, _ boundary: ResumePoint?) {
    writer.begin(file: file)
  }

  mutating func event(
    _ frame: EventFrame, _ body: RawSpan, _ transaction: TransactionContext
  ) throws(PipelineError) {
    try writer.event(frame, body, transaction, to: &stream)
  }

  mutating func endTransaction(_ transaction: TransactionContext) { writer.endTransaction(transaction) }

  mutating func rows(
    _ event: borrowing RowsEvent, _ table: TablePlan, _ origin: RowsOrigin
  ) throws(PipelineError) {
    try writer.rows(event, table, origin, to: &stream)
  }

  mutating func truncation(_ table: TableName, _ origin: RowsOrigin) throws(PipelineError) {
    try writer.truncation(table, origin, to: &stream)
  }

  mutating func endChunk(at position: UInt64) throws(PipelineError) {
    try writer.flush(to: &stream)
    timer.start()
  }

  var isCutDue: Bool { timer.isOver }
  var cutTime: ContinuousClock.Instant? { timer.end }

  mutating func cut(at boundary: ResumePoint) throws(PipelineError) {
    try writer.flush(to: &stream)
    timer.stop()
    guard checkpoints.areKept else { return checkpoints.note(boundary) }
    try stream.sync()
    try checkpoints.commit([], at: boundary)
  }

  mutating func finish(at boundary: ResumePoint?) throws(PipelineError) {
    try writer.flush(to: &stream)
    if let boundary { try cut(at: boundary) }
  }

  mutating func flush() {
    // Of two errors the first one counts.
    try? writer.flush(to: &stream)
  }
}
