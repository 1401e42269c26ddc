import BinlogParser
import Bytes

/// Where decoded events go. The processing worker is generic over it, so that each sink gets code of its own.
protocol EventSink: ~Copyable, SendableMetatype {
  /// True for a sink that shows what is known of the rows' transaction.
  var showsTransactions: Bool { get }
  /// What the sink did so far.
  var figures: SinkFigures { get }
  /// The events that follow stand in `file`, and everything before them was shown.
  ///
  /// - Parameters:
  ///   - start: where the run's first transaction of the file starts; nil where that is not known yet.
  ///   - boundary: the place before them; nil when it is in the middle of a transaction.
  mutating func beginFile(_ file: String, at start: UInt64?, _ boundary: ResumePoint?) throws(PipelineError)
  /// What `beginFile` did not know: the run's first transaction of the file starts at `start`.
  mutating func beginOutput(at start: UInt64)
  /// The file's format became known.
  mutating func format(_ event: FormatDescriptionEvent)
  /// Any event at all, before its rows are shown.
  mutating func event(
    _ frame: EventFrame, _ body: RawSpan, _ transaction: TransactionContext
  ) throws(PipelineError)
  /// Rows of an included table.
  mutating func rows(_ event: borrowing RowsEvent, _ table: TablePlan, _ origin: RowsOrigin) throws(PipelineError)
  /// All rows of an included table went at once; only for sinks that have a form for that.
  mutating func truncation(_ table: TableName, _ origin: RowsOrigin) throws(PipelineError)
  /// The tables in `schema` of which rows were shown before the one with the number `sequence`, as far as the sink knows them.
  mutating func tables(ofSchema schema: [UInt8], before sequence: Int64) throws(PipelineError) -> [TableName]
  /// The transaction ended; only for sinks that show transactions.
  mutating func endTransaction(_ transaction: TransactionContext)
  /// Everything up to `position` was shown, and the next event may be long in coming.
  mutating func endChunk(at position: UInt64) throws(PipelineError)
  /// True if what was shown should become safe at the next end of a transaction.
  var isCutDue: Bool { get }
  /// When `isCutDue` will become true even if nothing more is shown.
  var cutTime: ContinuousClock.Instant? { get }
  /// Makes safe everything that was shown, which ends at `boundary`.
  mutating func cut(at boundary: ResumePoint) throws(PipelineError)
  /// An event could not be handled, and no more will come: the time to show what was decoded before it.
  mutating func flush()
  /// There will be no more events; `boundary` is the place behind the last one, nil in the middle of a transaction.
  mutating func finish(at boundary: ResumePoint?) throws(PipelineError)
}

extension EventSink where Self: ~Copyable {
  mutating func beginOutput(at start: UInt64) {}
  mutating func tables(ofSchema schema: [UInt8], before sequence: Int64) -> [TableName] { [] }
  mutating func flush() {}
}

/// Place of rows, and facts about them.
package struct RowsOrigin {
  /// The event that holds them.
  package let frame: EventFrame
  /// The number of the first of them (`RowSequence`); the others follow it.
  package let firstSequence: Int64
  /// Their transaction; only for sinks that show it.
  package let transaction: TransactionContext

  /// Rows of the event `frame`.
  package init(frame: EventFrame, firstSequence: Int64, transaction: TransactionContext) {
    self.frame = frame
    self.firstSequence = firstSequence
    self.transaction = transaction
  }
}

/// What a sink counts.
struct SinkFigures {
  /// Rows of included tables.
  var rows: UInt64 = 0
  /// Batches written.
  var batches: UInt64 = 0
  /// Bytes written.
  var bytesWritten: UInt64 = 0
  /// Runs of bytes that were no text in their column's character set.
  var replacements: UInt64 = 0
}
