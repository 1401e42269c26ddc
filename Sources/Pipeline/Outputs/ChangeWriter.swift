import BinlogParser
import Bytes

/// Makes the bytes of an output that is one stream: blocks of text, lines of JSON.
///
/// `StreamSink`, which delivers them, is generic over it, so that each output gets code of its own.
protocol ChangeWriter: ~Copyable, SendableMetatype {
  /// True for a writer that shows what is known of the rows' transaction.
  static var showsTransactions: Bool { get }
  /// Runs of bytes so far that were no text in their column's character set.
  var replacements: Int { get }
  /// Goes on with events of `file`.
  mutating func begin(file: String)
  /// Takes in the format of the file that begins.
  mutating func format(_ event: FormatDescriptionEvent)
  /// Shows the event `frame`, whose body is `body`, before its rows.
  mutating func event(
    _ frame: EventFrame, _ body: RawSpan, _ transaction: TransactionContext, to stream: inout ByteStream
  ) throws(PipelineError)
  /// Shows rows of an included table, and counts them in `stream`.
  mutating func rows(
    _ event: borrowing RowsEvent, _ table: TablePlan, _ origin: RowsOrigin, to stream: inout ByteStream
  ) throws(PipelineError)
  /// Shows that the transaction ended, where transactions are shown.
  mutating func endTransaction()
  /// Gives everything that was made to `stream`.
  mutating func flush(to stream: inout ByteStream) throws(PipelineError)
}

extension ChangeWriter where Self: ~Copyable {
  static var showsTransactions: Bool { false }
  mutating func begin(file: String) {}
  mutating func endTransaction() {}
}
