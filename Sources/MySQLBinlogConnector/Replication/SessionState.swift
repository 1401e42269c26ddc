import BinlogParser
import Pipeline

/// State of the reading of one stream: decides what becomes of each event, how the reading ends, and from where a lost
/// stream is taken up again.
///
/// Pure: events, errors and demands come in, decisions come out, and `Reader` carries them out. Nothing here waits, reads
/// a clock or knows of threads.
package struct SessionState {
  /// Source of the events.
  package enum Source: Sendable {
    /// A dump of a server, which can be lost and taken up again.
    case server
    /// Files on this machine.
    case files
  }

  /// Scope of the reading.
  package struct Scope: Sendable {
    let source: Source
    let range: BinlogRange
    let stop: StopCondition
    let timeStop: TimeStop?

    /// The part of `source` in `range`, up to `stop` and to `timeStop`, whichever comes first.
    package init(_ source: Source, _ range: BinlogRange, _ stop: StopCondition, _ timeStop: TimeStop?) {
      self.source = source
      self.range = range
      self.stop = stop
      self.timeStop = timeStop
    }

    /// True if it has an end.
    var isBounded: Bool { range.isBounded || stop.isBounded }
  }

  package let start: ResumePoint
  let scope: Scope
  /// The transactions of the events so far.
  package private(set) var transactions: TransactionTracker
  /// End of the last event that was received.
  package private(set) var reached: BinlogPosition
  /// End of the last transaction.
  package private(set) var boundary: BinlogPosition
  /// Start of the first transaction that comes from the current file; nil as long as that is not known.
  private(set) var outputStart: UInt64?
  /// End of the part of the open transaction that the pipeline has; nil for none.
  private(set) var handedPart: BinlogPosition?
  /// After a reconnection the events up to here come again, and are skipped.
  package private(set) var skipUntil: BinlogPosition?
  /// Events that the open transaction will take back, where its end was looked for.
  private(set) var undoneAhead: UndoneEvents?
  /// Starts of transactions that have no end in the log, because the server died while it wrote them.
  package private(set) var incomplete: [BinlogPosition]
  /// True if the events of such a transaction are being dropped.
  private var isInIncompleteTransaction = false
  /// The file whose format came last, and when it was begun, in seconds since 1970.
  private var format: (file: String, created: UInt32)?

  /// The state before the first event of a stream that begins at `start`; the transactions that start at `incomplete` have
  /// no end.
  package init(from start: ResumePoint, _ scope: Scope, incomplete: [BinlogPosition] = []) {
    self.start = start
    self.scope = scope
    self.incomplete = incomplete
    transactions = TransactionTracker(gtids: start.gtids)
    reached = start.position
    boundary = start.position
    outputStart = start.isByGTID ? nil : start.position.offset
  }

  // MARK: Places

  /// The ids of all transactions received, where they are known.
  package var gtids: GTIDSet? { transactions.gtids }

  /// From where the stream is to be taken up again. A stream by GTID has no position before its first transaction: the file
  /// with which it began may have others, which are not sent.
  package var nextStart: ResumePoint {
    outputStart == nil ? start : ResumePoint(at: boundary, gtids: gtids, fileCreated: created(boundary.file))
  }

  /// True if the pipeline and the reader hold whole transactions only.
  package var isBetweenTransactions: Bool { transactions.isOutside && skipUntil == nil }

  /// True if the pipeline has whole transactions only, once what is complete has been handed over.
  package var hasHandedWholeTransactions: Bool { skipUntil == nil }

  /// True if what came of the open transaction must wait, because its end may take it back.
  package var isHolding: Bool {
    guard transactions.isInTransaction, skipUntil == nil, undoneAhead == nil, !isInIncompleteTransaction else {
      return false
    }
    return switch scope.source {
    case .server: transactions.mayRollBack
    case .files: true
    }
  }

  /// Time at which `file` was begun, in seconds since 1970; 0 where that is not known.
  package func created(_ file: String) -> UInt32 {
    guard let format, format.file == file else { return 0 }
    return format.created
  }

  // MARK: Events

  /// Decides about the event `frame` of `file`, whose bytes are in `chunk`.
  ///
  /// - Parameter stream: the stream behind the event.
  /// - Throws: `BinlogError` where the server goes back, or for an event that marks a transaction and cannot be read.
  package mutating func accept(
    _ frame: EventFrame, of file: String, in chunk: EventChunk, _ stream: EventFramer
  ) throws(BinlogError) -> EventDecision {
    if frame.header.type == .rotate { try checkRotation(to: stream.position) }
    let wasOutside = transactions.isOutside
    if wasOutside, isAtTimeStop(frame, file, chunk) {
      return EventDecision(.drop, .endRange(.rangeEnd, isBeyond: true))
    }
    var change = noteIncompleteTransaction(frame, file, wasOutside)
    if let other = noteFormat(frame, file) { change = other }
    try chunk.track(frame, &transactions, stream.format)
    let verdict = judge(frame, file, stream.position)
    if verdict == .beyond {
      if let change { return EventDecision(.drop, .sourceChanged(change)) }
      return EventDecision(
        .drop, .endRange(isRangeCovered(by: stream.position) ? .rangeEnd : .endOfLog, isBeyond: true))
    }
    let fate: EventFate
    if let end = skipUntil {
      if let other = skip(frame, file, upTo: end) { change = other }
      fate = .drop
    } else {
      fate = take(frame, file, stream.position, wasOutside)
    }
    if frame.beginsUnreadableDump, verdict == .inside { return EventDecision(fate, .beginBehind) }
    if let change { return EventDecision(fate, .sourceChanged(change)) }
    guard fate.isDelivered else { return EventDecision(fate, .proceed) }
    let isLast = verdict == .last || (transactions.isOutside && scope.stop.isReached(by: gtids))
    return EventDecision(fate, isLast ? .endRange(.rangeEnd, isBeyond: false) : .proceed)
  }

  /// True if `frame` begins a transaction that lies at or behind the place of `to_timestamp`.
  private func isAtTimeStop(_ frame: EventFrame, _ file: String, _ chunk: EventChunk) -> Bool {
    guard let timeStop = scope.timeStop, !frame.isOutsideOfFile, !frame.header.type.describesFile else { return false }
    return timeStop.isReached(by: BinlogPosition(file: file, offset: frame.start), chunk.transactionTime(frame))
  }

  /// Throws when the server says that the stream goes on before what was received: rows would come twice.
  private func checkRotation(to next: BinlogPosition) throws(BinlogError) {
    guard scope.source == .server, !boundary.file.isEmpty, next.precedes(boundary) else { return }
    var error = BinlogError(.positionWentBackwards(from: boundary.offset))
    error.position = boundary.offset
    error.eventType = .rotate
    throw error
  }

  /// A server that dies may leave a transaction without its end; the next file then begins with its format.
  private mutating func noteIncompleteTransaction(
    _ frame: EventFrame, _ file: String, _ wasOutside: Bool
  ) -> SourceChange? {
    guard scope.source == .server, !frame.isOutsideOfFile else { return nil }
    if wasOutside {
      isInIncompleteTransaction =
        !incomplete.isEmpty && incomplete.contains(BinlogPosition(file: file, offset: frame.start))
      return nil
    }
    guard frame.header.type == .formatDescription else { return nil }
    let isKnown = isInIncompleteTransaction
    isInIncompleteTransaction = false
    if isKnown { return nil }
    incomplete.append(boundary)
    return .incompleteTransaction(boundary)
  }

  /// A file that was begun at another time than before the connection was lost is another one.
  private mutating func noteFormat(_ frame: EventFrame, _ file: String) -> SourceChange? {
    guard frame.header.type == .formatDescription else { return nil }
    let now = frame.header.timestamp
    let before = created(file)
    // The place that was reached is one of the file that was being read, and must not pass for one of this file.
    if frame.isOutsideOfFile, before > 0, now > 0, now != before { return .logReset(file: file) }
    format = (file, now)
    return nil
  }

  private func judge(_ frame: EventFrame, _ file: String, _ next: BinlogPosition) -> BinlogRange.Verdict {
    switch scope.source {
    case .server: scope.range.judge(frame, file: file, next: next)
    case .files: scope.range.judgeInFile(frame, file: file)
    }
  }

  /// True if nothing of the range can come after an event that is beyond it. When that one, which ends at `next`, is in a
  /// later file than the last one, that file has ended before the stop position, if there is one.
  private func isRangeCovered(by next: BinlogPosition) -> Bool {
    scope.range.toOffset == nil || next.file == scope.range.toFile
  }

  /// Compares an event that comes again with what came before, which ended at `end`.
  private mutating func skip(_ frame: EventFrame, _ file: String, upTo end: BinlogPosition) -> SourceChange? {
    guard !frame.isOutsideOfFile else { return nil }
    reached = BinlogPosition(file: file, offset: frame.end)
    if reached == end { skipUntil = nil }
    return file == end.file && frame.end <= end.offset ? nil : .otherTransaction(boundary)
  }

  /// Takes an event of the range, and moves the boundary if it ends a transaction.
  private mutating func take(
    _ frame: EventFrame, _ file: String, _ next: BinlogPosition, _ wasOutside: Bool
  ) -> EventFate {
    if isInIncompleteTransaction { return .drop }
    if file.isEmpty { return .forget }
    guard !frame.isOutsideOfFile else { return .deliver }
    if outputStart == nil, !transactions.isOutside { outputStart = frame.start }
    reached = BinlogPosition(file: file, offset: frame.end)
    guard transactions.isOutside else { return .deliver }
    let start = boundary
    moveBoundary(to: next)
    let undone = undoneAhead ?? transactions.undone
    undoneAhead = nil
    guard !wasOutside, !transactions.undone.ranges.isEmpty else { return .deliverBoundary }
    return .deliverRollback(undone, from: start)
  }

  private mutating func moveBoundary(to place: BinlogPosition) {
    boundary = place
    handedPart = nil
  }

  // MARK: Course of the reading

  /// Notes that events up to `end` were handed to the pipeline.
  package mutating func handed(upTo end: BinlogPosition) {
    if !transactions.isOutside, !isInIncompleteTransaction, end != boundary { handedPart = end }
  }

  /// Notes that the first transaction of the output's next file will start at `offset` or behind it.
  mutating func beginOutput(at offset: UInt64) { outputStart = offset }

  /// Notes that another file begins, in which the next event starts at `place`.
  package mutating func beginFile(at place: BinlogPosition) {
    reached = place
    if transactions.isOutside { moveBoundary(to: place) }
  }

  /// Notes which events the open transaction will take back: its end was found.
  mutating func foresee(_ undone: UndoneEvents) { undoneAhead = undone }

  /// Forgets the open transaction, which has no end in its file.
  mutating func forgetOpenTransaction() { transactions.forgetOpenTransaction() }

  /// Drops the open transaction. What the pipeline has of it is skipped when it comes again.
  package mutating func dropOpenTransaction() {
    if skipUntil == nil { skipUntil = handedPart }
    undoneAhead = nil
    transactions.forgetOpenTransaction()
    reached = boundary
  }

  /// Notes that the stream was taken up again at `nextStart`; forgets what came before the first transaction.
  package mutating func resumed() {
    guard nextStart.isByGTID else { return }
    reached = start.position
    moveBoundary(to: start.position)
  }
}
