import BinlogParser
import Bytes

/// Place in the log up to which the processing worker came.
struct ProcessedPlace {
  /// The file's name; nil before the first event.
  private(set) var file: String?
  /// True if no transaction is open there.
  private(set) var isBetweenTransactions = true
  /// The number of the last row at the last end of a transaction.
  private(set) var sequence: Int64
  private var gtids: CompletedGTIDs
  /// End of the last event, and its time.
  private var reached: (position: BinlogPosition, timestamp: UInt32)?
  /// Time at which the file was begun, as its format says.
  private var fileCreated: UInt32 = 0
  /// True if it is known where the first transaction of the file starts that was received.
  private(set) var hasOutputStart = false

  /// The place `start`, at which a stream begins.
  init(_ start: ResumePoint) {
    gtids = CompletedGTIDs(start.gtids)
    sequence = start.sequence
  }

  /// The place as one to read on from; nil in the middle of a transaction, or before the first event. A stream by GTID begins
  /// with a file that may have transactions which are not sent: no position is known before the first that is.
  var resumePoint: ResumePoint? {
    guard isBetweenTransactions, hasOutputStart, let reached else { return nil }
    return ResumePoint(
      at: reached.position, gtids: gtids.set, timestamp: reached.timestamp, fileCreated: fileCreated,
      sequence: sequence)
  }

  /// Enters the file of `chunk`, whose first event is `first`.
  mutating func enterFile(of chunk: EventChunk, _ first: EventFrame) {
    let start = BinlogPosition(file: chunk.file, offset: chunk.outputStart ?? first.start)
    reached = (start, reached?.timestamp ?? 0)
    fileCreated = 0
    file = chunk.file
  }

  /// Notes whether it is known where the output starts in the file.
  mutating func noteOutputStart(isKnown: Bool) { hasOutputStart = isKnown }

  /// Passes the event `frame`; `last` is the number of the last row.
  ///
  /// - Throws: `DecodeError` for an event that tells ids and cannot be read.
  mutating func pass(_ frame: EventFrame, _ body: RawSpan, lastRow last: Int64) throws(DecodeError) {
    try gtids.accept(frame, body)
    isBetweenTransactions = frame.isBoundary
    if frame.isBoundary { gtids.complete() }
    if frame.header.type == .formatDescription { fileCreated = frame.header.timestamp }
    guard !frame.isOutsideOfFile, let file else { return }
    reached = (BinlogPosition(file: file, offset: frame.end), frame.header.timestamp)
    if frame.isBoundary { sequence = last }
  }
}
