import BinlogParser
import Logging
import Pipeline
import Platform

/// The first stage: receives events, keeps the position, applies the range, and hands chunks to the pipeline.
///
/// It ends between two transactions wherever it can: a stop signal waits for the end of the transaction that is coming in.
struct Reader {
  /// Why the reading ended in order.
  enum End {
    /// Everything up to the end of the range was received.
    case rangeEnd
    /// The server has no more events, or the file ended before the stop position.
    case endOfLog
    /// SIGINT or SIGTERM.
    case stopRequested
    /// The run's time is over.
    case timeOver
    /// The run's time is over, and the pipeline has a part of a transaction whose end has not come.
    case timeOverInTransaction
    /// SIGINT or SIGTERM in an outage, and the pipeline has a part of a transaction whose end has not come.
    case stoppedInTransaction
    /// A stage of the pipeline failed, which it knows why, or has all that is wanted.
    case pipelineStopped
    /// What was received last is not part of the log after all; why.
    case sourceChanged(SourceChange)
  }

  var source: EventSource
  let start: StreamStart
  let reconnector: Reconnector?
  let pipeline: Pipeline
  private let range: BinlogRange
  private let stop: StopCondition
  private let timeStop: TimeStop?
  private let progress: Progress
  private let status: StreamStatus
  private let byteCount: UInt64?
  let timeLimit: TimeLimit?
  let log = Logger(label: "binlog_reader")
  var stream: EventStream
  var transactions: TransactionTracker
  var chunk: EventChunk
  private var bytesRead: UInt64 = 0
  /// Where the first transaction starts that comes from the current file; nil as long as that is not known.
  private var outputStart: UInt64?
  /// Where the last event ended that was received.
  var reached: BinlogPosition
  /// Chunks of the open transaction that wait for its end.
  var held = HeldTransaction()
  /// Events that the open transaction will take back, where its end was looked for.
  var undoneAhead: UndoneEvents?
  /// Events of the open transaction that were looked at, and are not in the chunk.
  var uncountedEventCount = 0
  /// Transactions that took back what they did, or a part of it, and events with rows that were left out.
  var rolledBack: (transactions: Int, events: Int) = (0, 0)
  /// Where the last transaction ended.
  private(set) var boundary: BinlogPosition
  /// True if an event was handed over that says more than how its file begins or ends.
  private(set) var hasEvents = false
  /// Frames of the chunk that lie before `boundary`; nil when it lies before the chunk.
  var completeFrameCount: Int? = 0
  /// Where the last event ended that the pipeline has got.
  private(set) var submitted: BinlogPosition?
  /// After a reconnection the events up to here come again, and are passed over.
  var skipUntil: BinlogPosition?
  /// Why what was received last is not part of the log after all.
  private var change: SourceChange?
  /// The file whose format came last, and when it was begun, in seconds since 1970.
  private var format: (file: String, created: UInt32)?
  /// Where transactions start that have no end in the log, because the server died while it wrote them.
  private(set) var incomplete: [BinlogPosition]
  /// True if the events of such a transaction are being dropped.
  private(set) var isInIncompleteTransaction = false
  /// True if the last event is beyond the stop condition.
  private var isStopped = false
  private var lastTimestamp: UInt32 = 0

  /// A reader of `source`, which begins at `start`.
  init(
    _ source: EventSource, _ pipeline: Pipeline, _ range: BinlogRange, _ stop: StopCondition, _ timeStop: TimeStop?,
    from start: StreamStart, checksum: EventChecksum, progress: Progress, status: StreamStatus, byteCount: UInt64?,
    reconnector: Reconnector?,
    timeLimit: TimeLimit?, incomplete: [BinlogPosition]
  ) {
    self.timeLimit = timeLimit
    self.start = start
    self.incomplete = incomplete
    self.source = source
    self.pipeline = pipeline
    self.range = range
    self.stop = stop
    self.timeStop = timeStop
    self.progress = progress
    self.status = status
    self.byteCount = byteCount
    self.reconnector = reconnector
    let position = start.position
    stream = source.stream(at: position, checksum: checksum)
    transactions = TransactionTracker(gtids: start.gtids)
    chunk = pipeline.chunk(of: position.file)
    outputStart = start.isByGTID ? nil : position.offset
    reached = position
    boundary = position
  }

  /// From where the stream is to be taken up again. A stream by GTID has no position before its first transaction: the file
  /// with which it began may have others, which are not sent.
  var nextStart: StreamStart { outputStart == nil ? start : .position(boundary, gtids: gtids) }

  /// Forgets what came before the first transaction.
  mutating func forgetPosition() {
    reached = start.position
    boundary = start.position
  }

  /// The ids of all transactions received, where they are known.
  var gtids: GTIDSet? { transactions.gtids }

  /// Reads until the range or the log ends, or something stops it. Everything received has been submitted then.
  mutating func run() throws(RunError) -> End {
    while true {
      reconnector?.interrupt.isHeld = !isBetweenTransactions
      if let end = requestedEnd() { return end }
      do throws(RunError) {
        if let end = try advance() { return end }
      } catch {
        if case .wire(let failure, _) = error, failure.category == .interrupted { return interruptedEnd() }
        if let end = try recover(from: error) { return end }
      }
    }
  }

  /// True if the pipeline and the chunk hold whole transactions only.
  private var isBetweenTransactions: Bool { transactions.isOutside && skipUntil == nil }

  /// True if the pipeline has whole transactions only, once what is complete has been handed over.
  var hasHandedWholeTransactions: Bool { skipUntil == nil }

  /// Why the reading is to end here; nil to go on.
  mutating func requestedEnd() -> End? {
    let phase = timeLimit?.phase ?? .running
    if isBetweenTransactions {
      if Signals.stopRequested { return submit(.stopRequested) }
      return phase > .running ? submit(.timeOver) : nil
    }
    guard phase == .over else { return nil }
    guard handCompleteTransactions() else { return .pipelineStopped }
    return skipUntil == nil ? .timeOver : .timeOverInTransaction
  }

  /// Why the reading ends in a wait that was interrupted.
  private mutating func interruptedEnd() -> End {
    if pipeline.isClosed { return .pipelineStopped }
    return requestedEnd() ?? submit(.stopRequested)
  }

  /// Takes the next event; returns why the reading ends with it, or nil.
  private mutating func advance() throws(RunError) -> End? {
    switch try source.next(&chunk.bytes, reached: reached) {
    case .event(let offset, let count, let isFormat): return try take(at: offset, count, isFormat: isFormat)
    case .file(let start, let notice):
      if let notice { log.warning("\(reached): \(notice)") }
      return begin(start) ? nil : .pipelineStopped
    case .end(let cut):
      if let cut { log.warning("\(stream.position): \(cut); the file was not closed, and this event is left out") }
      let isBounded = range.isBounded || stop.isBounded
      let isCovered = range.isCovered(by: reached) || timeStop?.isPassed(by: reached) == true
      if !isCovered, let error = cutDump { throw error }
      if isHolding { warnOfOpenTransaction() }
      return submit(!isBounded || isCovered ? .rangeEnd : .endOfLog)
    }
  }

  /// Takes an event into the chunk, and hands the chunk over when the next event may be long in coming.
  ///
  /// Returns why the reading ends with this event, or nil.
  private mutating func take(at offset: Int, _ count: Int, isFormat: Bool) throws(RunError) -> End? {
    let verdict = try frame(at: offset, count, isFormat: isFormat)
    if let change {
      chunk.bytes.truncate(to: offset)
      guard held.isEmpty || handCompleteTransactions() else { return .pipelineStopped }
      return .sourceChanged(change)
    }
    switch verdict {
    case .beyond:
      chunk.bytes.truncate(to: offset)
      return try endRange(isRangeCovered ? .rangeEnd : .endOfLog, isBeyond: true)
    case .last: return try endRange(.rangeEnd, isBeyond: false)
    case .inside: break
    }
    guard skipUntil == nil else { return nil }
    if transactions.isOutside, !held.isEmpty, try !handHeld() { return .pipelineStopped }
    let isFull = offset + count >= EventChunk.fullByteCount || chunk.file != stream.position.file
    guard isFull || source.mayWait() else { return nil }
    return try pass(isFull: isFull) ? nil : .pipelineStopped
  }

  /// True if nothing of the range can come after an event that is beyond it. When that one is in a later file than the
  /// last one, that file has ended before the stop position, if there is one.
  private var isRangeCovered: Bool {
    range.toOffset == nil || stream.position.file == range.toFile || isStopped
  }

  /// Goes on at `start`, in another file.
  private mutating func begin(_ start: BinlogPosition) -> Bool {
    log.info("reading file: \(start.file)")
    endFileInTransaction()
    isInIncompleteTransaction = false
    stream = source.stream(at: start, checksum: .none)
    reached = start
    if transactions.isOutside { boundary = start }
    guard chunk.frames.isEmpty else { return hand() }
    renewChunk()
    outputStart = start.offset
    return true
  }

  /// Frames the event that starts `offset` bytes into the chunk, and keeps it if it belongs to the range.
  private mutating func frame(at offset: Int, _ count: Int, isFormat: Bool) throws(RunError) -> BinlogRange.Verdict {
    let file = stream.position.file
    let wasOutside = transactions.isOutside
    let frame: EventFrame
    do {
      frame = try chunk.frame(at: offset, count: count, isFormat: isFormat, &stream)
      if frame.header.type == .rotate { try checkRotation() }
      isStopped = wasOutside && isAtTimeStop(frame, file)
      if isStopped { return .beyond }
      noteIncompleteTransaction(frame, file, wasOutside)
      noteBeginning(of: file, frame)
      try chunk.track(frame, &transactions, stream.format)
    } catch {
      throw .binlog(located(error, file))
    }
    let verdict = source.judge(frame, range, file: file, next: stream.position)
    guard verdict != .beyond else { return .beyond }
    let isKept = keep(frame, file, wasOutside)
    if frame.beginsUnreadableDump, verdict == .inside { throw unreadable(from: frame, file) }
    guard isKept else { return .inside }
    note(frame, file)
    return verdict == .inside && transactions.isOutside && stop.isReached(by: gtids) ? .last : verdict
  }

  /// True if `frame` begins a transaction that lies at or behind the place of `to_timestamp`.
  private func isAtTimeStop(_ frame: EventFrame, _ file: String) -> Bool {
    guard let timeStop, !frame.isOutsideOfFile, !frame.header.type.describesFile else { return false }
    return timeStop.isReached(by: BinlogPosition(file: file, offset: frame.start), chunk.transactionTime(frame))
  }

  /// Throws when the server says that the stream goes on before what was received: rows would come twice.
  private func checkRotation() throws(BinlogError) {
    let next = stream.position
    guard !boundary.file.isEmpty, reconnector != nil else { return }
    let goesBack =
      next.file == boundary.file
      ? next.offset < boundary.offset : BinlogFileOrder.precedes(next.file, boundary.file)
    guard goesBack else { return }
    var error = BinlogError(.positionWentBackwards(from: boundary.offset))
    error.position = boundary.offset
    error.eventType = .rotate
    throw error
  }

  /// A server that dies may leave a transaction without its end; the next file then begins with its format.
  private mutating func noteIncompleteTransaction(_ frame: EventFrame, _ file: String, _ wasOutside: Bool) {
    guard reconnector != nil, !frame.isOutsideOfFile else { return }
    if wasOutside {
      isInIncompleteTransaction = incomplete.contains(BinlogPosition(file: file, offset: frame.start))
    } else if frame.header.type == .formatDescription {
      if !isInIncompleteTransaction {
        incomplete.append(boundary)
        change = .incompleteTransaction(boundary)
      }
      isInIncompleteTransaction = false
    }
  }

  /// A file that was begun at another time than before the connection was lost is another one.
  private mutating func noteBeginning(of file: String, _ frame: EventFrame) {
    guard frame.header.type == .formatDescription else { return }
    let now = frame.header.timestamp
    let before = created(file)
    if frame.isOutsideOfFile, before > 0, now > 0, now != before {
      // The place that was reached is one of the file that was being read, and must not pass for one of this file.
      change = .logReset(file: file)
    } else {
      format = (file, now)
    }
  }

  /// When `file` was begun, in seconds since 1970; 0 where that is not known.
  func created(_ file: String) -> UInt32 {
    guard let format, format.file == file else { return 0 }
    return format.created
  }

  private func located(_ error: BinlogError, _ file: String) -> BinlogError {
    var error = error
    error.file = file
    return error
  }

  /// Adds the event to the chunk, and moves the boundary if it ends a transaction; false when it is passed over.
  private mutating func keep(_ frame: EventFrame, _ file: String, _ wasOutside: Bool) -> Bool {
    if let end = skipUntil {
      chunk.bytes.truncate(to: frame.offset)
      if !frame.isOutsideOfFile { passOver(frame, file, end) }
      return false
    }
    guard !isInIncompleteTransaction else {
      chunk.bytes.truncate(to: frame.offset)
      return false
    }
    guard !file.isEmpty else {
      // The name of the file in which a stream by GTID begins has only just come.
      renewChunk()
      return false
    }
    chunk.append(frame)
    bytesRead += frame.end - frame.start
    guard !frame.isOutsideOfFile else { return true }
    if outputStart == nil, !transactions.isOutside { outputStart = frame.start }
    reached = BinlogPosition(file: file, offset: frame.end)
    if transactions.isOutside {
      if !wasOutside, !transactions.undone.ranges.isEmpty { noteRollback() }
      undoneAhead = nil
      boundary = stream.position
      completeFrameCount = chunk.frames.count
      reconnector?.noteProgress()
    }
    return true
  }

  /// Compares an event that comes again with what came before, which ended at `end`.
  private mutating func passOver(_ frame: EventFrame, _ file: String, _ end: BinlogPosition) {
    reached = BinlogPosition(file: file, offset: frame.end)
    if reached == end { skipUntil = nil }
    guard file != end.file || frame.end > end.offset else { return }
    change = .otherTransaction(boundary)
  }

  private mutating func note(_ frame: EventFrame, _ file: String) {
    if frame.header.timestamp > 0 { lastTimestamp = frame.header.timestamp }
    switch frame.header.type {
    case .rotate where stream.position.file != file:
      log.info("binlog rotation: next_file=\(stream.position.file)")
    case .formatDescription:
      guard let format = stream.format else { return }
      log.info(
        "format description: binlog_version=\(format.binlogVersion) server_version=\(format.serverVersion) checksum=\(format.checksum)"
      )
    default: break
    }
  }

  mutating func submit(_ end: End) -> End {
    if isHolding { return handCompleteTransactions() ? end : .pipelineStopped }
    guard !chunk.frames.isEmpty else { return end }
    return hand() ? end : .pipelineStopped
  }

  /// Hands the chunk over and begins the next one; false when nobody takes it any more.
  mutating func hand() -> Bool {
    if undoneAhead != nil { markUndone() }
    let mayHaveOtherStart = chunk.file != stream.position.file
    let start = outputStart
    if mayHaveOtherStart { outputStart = stream.position.offset }
    return give(renewChunk(), upTo: reached, from: start)
  }

  /// Gives away `full`, which ends at `end`; false when nobody takes it any more.
  mutating func give(_ full: EventChunk, upTo end: BinlogPosition, from start: UInt64? = nil) -> Bool {
    full.outputStart = start ?? outputStart
    if !hasEvents { hasEvents = full.frames.contains { !$0.isOutsideOfFile && !$0.header.type.describesFile } }
    submitted = end
    status.update(end, timestamp: lastTimestamp)
    log.debug("handing over \(full.frames.count) events, \(full.bytes.count) bytes, up to \(end)")
    guard pipeline.submit(full) else { return false }
    progress.update(
      rows: pipeline.metrics.snapshot.rows, bytes: bytesRead, file: end.file, position: end.offset, end: byteCount)
    return true
  }

  /// Begins the next chunk; returns the one before it.
  @discardableResult
  mutating func renewChunk() -> EventChunk {
    let full = chunk
    chunk = pipeline.chunk(of: stream.position.file)
    completeFrameCount = transactions.isOutside ? 0 : nil
    source.carry(from: full, to: chunk)
    return full
  }
}
