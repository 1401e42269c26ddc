import BinlogParser
import Bytes

/// Turns rows, and what an output shows of other events, into batches: bytes of text or of lines, or columns.
///
/// `StreamSink` and `PartSink`, which deliver them, are generic over it, so that each output gets code of its own.
package protocol ChangeWriter: ~Copyable, SendableMetatype {
  /// Form that the rows get.
  associatedtype Batch: ChangeBatch
  /// True for a writer that shows what is known of the rows' transaction.
  var showsTransactions: Bool { get }
  /// Runs of bytes so far that were no text in their column's character set.
  var replacements: Int { get }
  /// Goes on with events of `file`.
  mutating func begin(file: String)
  /// Takes in the format of the file that begins.
  mutating func format(_ event: FormatDescriptionEvent)
  /// Shows the event `frame`, whose body is `body`, before its rows.
  mutating func event(
    _ frame: EventFrame, _ body: RawSpan, _ transaction: TransactionContext,
    to target: inout some BatchTarget<Batch> & ~Copyable
  ) throws(PipelineError)
  /// The version of the table that is read by `table`, for a writer whose batches have rows of one version only; else nil.
  mutating func version(of table: TablePlan) throws(PipelineError) -> UInt64?
  /// The version of `table` at hand, likewise.
  mutating func version(of table: TableName) throws(PipelineError) -> UInt64?
  /// Shows rows of an included table, and counts them in `target`.
  mutating func rows(
    _ event: borrowing RowsEvent, _ table: TablePlan, _ origin: RowsOrigin,
    to target: inout some BatchTarget<Batch> & ~Copyable
  ) throws(PipelineError)
  /// True for a writer that shows `truncation`.
  var showsTruncations: Bool { get }
  /// Shows that all rows of an included table went at once, and counts that as a row in `target`.
  mutating func truncation(
    _ table: TableName, _ origin: RowsOrigin, to target: inout some BatchTarget<Batch> & ~Copyable
  ) throws(PipelineError)
  /// The tables in `schema` of which rows were shown before the one with the number `sequence`, in this run or in earlier ones; none for
  /// a writer that does not know them.
  mutating func tables(ofSchema schema: [UInt8], before sequence: Int64) throws(PipelineError) -> [TableName]
  /// Shows that `transaction` ended, where transactions are shown: only now its XID is known.
  mutating func endTransaction(_ transaction: TransactionContext)
  /// Takes the batch that was begun; nil for an empty one.
  mutating func takeBatch() -> Batch?
  /// Goes on with `batch`, after `takeBatch`.
  mutating func resume(_ batch: Batch)
}

extension ChangeWriter where Self: ~Copyable {
  package var showsTransactions: Bool { false }
  package mutating func begin(file: String) {}
  package mutating func format(_ event: FormatDescriptionEvent) {}
  package mutating func event(
    _ frame: EventFrame, _ body: RawSpan, _ transaction: TransactionContext,
    to target: inout some BatchTarget<Batch> & ~Copyable
  ) throws(PipelineError) {}
  package mutating func version(of table: TablePlan) throws(PipelineError) -> UInt64? { nil }
  package mutating func version(of table: TableName) throws(PipelineError) -> UInt64? { nil }
  package var showsTruncations: Bool { false }
  package mutating func truncation(
    _ table: TableName, _ origin: RowsOrigin, to target: inout some BatchTarget<Batch> & ~Copyable
  ) throws(PipelineError) {}
  package mutating func tables(
    ofSchema schema: [UInt8], before sequence: Int64
  ) throws(PipelineError) -> [TableName] { [] }
  package mutating func endTransaction(_ transaction: TransactionContext) {}

  /// Gives the batch that was begun to `target`.
  package mutating func flush(to target: inout some BatchTarget<Batch> & ~Copyable) throws(PipelineError) {
    guard let batch = takeBatch() else { return }
    if let empty = try target.put(batch) { resume(empty) }
  }
}

/// Rows of an output on their way from the thread that decodes to the one that writes; only one of them holds it at a time.
package protocol ChangeBatch: AnyObject, Sendable {
  /// Bytes of the rows, roughly.
  var byteCount: Int { get }
  /// Forgets all rows, and most memory beyond what ordinary rows need.
  func removeAll()
}

/// Takes batches one after the other.
package protocol BatchTarget<Batch>: ~Copyable {
  associatedtype Batch: ChangeBatch
  /// Rows that were shown.
  var rows: UInt64 { get set }
  /// Takes `batch`; returns an empty one to go on with, if there is one.
  mutating func put(_ batch: Batch) throws(PipelineError) -> Batch?
}
