import BinlogParser
import Logging
import Pipeline
import Platform

/// The first stage: receives events, and does with each what `SessionState` decides, until that ends the reading.
///
/// It ends between two transactions wherever it can: a stop signal waits for the end of the transaction that is coming in.
struct Reader {
  var source: EventSource
  var stream: EventFramer
  var state: SessionState
  let pipeline: Pipeline
  let reconnector: Reconnector?
  let timeLimit: TimeLimit?
  let log = Logger(label: "binlog_reader")
  var chunk: EventChunk
  /// Frames of the chunk that lie before the open transaction; nil when that began before the chunk.
  var completeFrameCount: Int? = 0
  /// Chunks of the open transaction that wait for its end.
  var held = HeldTransaction()
  /// Account of what the log takes back.
  var rollbacks = Rollbacks()
  private(set) var progress: ReadingProgress

  /// A reader of `source` whose course `state` decides; `checksum` is what the server was asked for.
  init(
    _ source: EventSource, into pipeline: Pipeline, _ state: SessionState, checksum: EventChecksum,
    _ progress: ReadingProgress, _ reconnector: Reconnector?, _ timeLimit: TimeLimit?
  ) {
    self.source = source
    self.pipeline = pipeline
    self.state = state
    self.progress = progress
    self.reconnector = reconnector
    self.timeLimit = timeLimit
    let position = state.start.position
    stream = source.stream(at: position, checksum: checksum)
    chunk = pipeline.chunk(of: position.file)
  }

  // MARK: The loop

  /// Reads until the range or the log ends, or something stops it. Everything received has been submitted then.
  mutating func run() throws(RunError) -> SessionEnd {
    while true {
      reconnector?.interrupt.isHeld = !state.isBetweenTransactions
      if let ordered = state.end(demand) { return try finish(ordered) }
      do throws(RunError) {
        if let end = try advance() { return end }
      } catch {
        if let end = try recover(from: error) { return end }
      }
    }
  }

  /// The demand of this moment.
  var demand: SessionDemand {
    SessionDemand(isStopRequested: Signals.stopRequested, phase: timeLimit?.phase ?? .running)
  }

  /// Takes the next event; returns why the reading ends with it, or nil.
  private mutating func advance() throws(RunError) -> SessionEnd? {
    switch try source.next(&chunk.bytes, reached: state.reached) {
    case .event(let offset, let count, let isFormat): return try take(at: offset, count, isFormat: isFormat)
    case .file(let start, let notice):
      if let notice { log.warning("\(state.reached): \(notice)") }
      return begin(start) ? nil : .pipelineStopped
    case .end(let cut):
      if let cut { log.warning("\(stream.position): \(cut); the file was not closed, and this event is left out") }
      if state.mayBeCut, let error = cutDump { throw error }
      if state.isHolding { warnOfOpenTransaction() }
      return try finish(state.endOfSource)
    }
  }

  /// Hands over what is to be handed over at the end; returns why the reading ends.
  mutating func finish(_ ordered: OrderedEnd) throws(RunError) -> SessionEnd {
    try hand(ordered.handing) ? ordered.end : .pipelineStopped
  }

  /// Takes an event into the chunk, and hands the chunk over when the next event may be long in coming.
  ///
  /// Returns why the reading ends with this event, or nil.
  private mutating func take(at offset: Int, _ count: Int, isFormat: Bool) throws(RunError) -> SessionEnd? {
    let file = stream.position.file
    let frame: EventFrame
    let decision: EventDecision
    do {
      frame = try chunk.frame(at: offset, count: count, isFormat: isFormat, &stream)
      decision = try state.accept(frame, of: file, in: chunk, stream)
    } catch {
      throw .binlog(error.inFile(file))
    }
    perform(decision.fate, frame, file)
    switch decision.next {
    case .proceed: return try proceed(behind: offset + count)
    case .endRange(let end, let isBeyond): return try endRange(end, isBeyond: isBeyond)
    case .beginBehind: throw unreadable(from: frame, file)
    case .sourceChanged(let change):
      chunk.bytes.truncate(to: offset)
      guard held.isEmpty || handWholeTransactions() else { return .pipelineStopped }
      return .sourceChanged(change)
    }
  }

  private mutating func perform(_ fate: EventFate, _ frame: EventFrame, _ file: String) {
    switch fate {
    case .deliver: append(frame, file)
    case .deliverBoundary:
      append(frame, file)
      endTransaction()
    case .deliverRollback(let undone, let start):
      append(frame, file)
      markUndone(undone)
      rollbacks.transactions += 1
      log.debug("the transaction at \(start) was rolled back, or a part of it: its rows are left out")
      endTransaction()
    case .drop: chunk.bytes.truncate(to: frame.offset)
    case .forget: renewChunk()
    }
  }

  private mutating func append(_ frame: EventFrame, _ file: String) {
    var frame = frame
    frame.isBoundary = state.transactions.isOutside
    chunk.append(frame)
    progress.received(frame)
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

  private mutating func endTransaction() {
    completeFrameCount = chunk.frames.count
    reconnector?.noteProgress()
  }

  /// Hands the chunk, which ends at byte `end`, over if it is full or if the next event may be long in coming.
  private mutating func proceed(behind end: Int) throws(RunError) -> SessionEnd? {
    guard state.skipUntil == nil else { return nil }
    if state.transactions.isOutside, !held.isEmpty, try !handHeld() { return .pipelineStopped }
    let isFull = end >= EventChunk.fullByteCount || chunk.file != stream.position.file
    guard isFull || source.mayWait() else { return nil }
    return try pass(isFull: isFull) ? nil : .pipelineStopped
  }

  /// Goes on at `start`, in another file.
  private mutating func begin(_ start: BinlogPosition) -> Bool {
    log.info("reading file: \(start.file)")
    endFileInTransaction()
    stream = source.stream(at: start, checksum: .none)
    state.beginFile(at: start)
    guard chunk.frames.isEmpty else { return handChunk() }
    renewChunk()
    state.beginOutput(at: start.offset)
    return true
  }

  // MARK: Chunks

  /// Hands over what was received, as far as `extent` goes; false when nobody takes it any more.
  mutating func hand(_ extent: HandedExtent) throws(RunError) -> Bool {
    guard case .everything = extent else { return handWholeTransactions() }
    if state.isHolding {
      markUndone()
      guard try handHeld() else { return false }
    }
    return chunk.frames.isEmpty || handChunk()
  }

  /// Drops what came of the open transaction, and hands over what came before it.
  mutating func handWholeTransactions() -> Bool {
    if let whole = held.drop(pipeline) {
      pipeline.discard(chunk)
      chunk = whole
    } else {
      chunk.keep(completeFrameCount ?? 0)
    }
    state.dropOpenTransaction()
    return chunk.frames.isEmpty || handChunk()
  }

  /// Hands the chunk over and begins the next one; false when nobody takes it any more.
  mutating func handChunk() -> Bool {
    if let undone = state.undoneAhead { markUndone(undone) }
    let start = state.outputStart
    if chunk.file != stream.position.file { state.beginOutput(at: stream.position.offset) }
    return give(renewChunk(), upTo: state.reached, from: start)
  }

  /// Gives away `full`, which ends at `end`; false when nobody takes it any more.
  mutating func give(_ full: EventChunk, upTo end: BinlogPosition, from start: UInt64? = nil) -> Bool {
    full.outputStart = start ?? state.outputStart
    log.debug("handing over \(full.frames.count) events, \(full.bytes.count) bytes, up to \(end)")
    state.handed(upTo: end)
    progress.handing(full, upTo: end)
    guard pipeline.submit(full) else { return false }
    progress.show(end, rows: pipeline.metrics.snapshot.rows)
    return true
  }

  /// Begins the next chunk; returns the one before it.
  @discardableResult
  mutating func renewChunk() -> EventChunk {
    let full = chunk
    chunk = pipeline.chunk(of: stream.position.file)
    completeFrameCount = state.transactions.isOutside ? 0 : nil
    source.carry(from: full, to: chunk)
    return full
  }
}

extension BinlogError {
  /// The same error, in `file`.
  fileprivate func inFile(_ file: String) -> BinlogError {
    var error = self
    error.file = file
    return error
  }
}
