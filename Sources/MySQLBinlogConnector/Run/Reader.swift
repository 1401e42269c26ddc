import BinlogParser
import Logging
import Pipeline
import Platform

/// The first stage: receives events, keeps the position, applies the range, and hands chunks to the pipeline.
struct Reader {
  /// Why the reading ended in order.
  enum End {
    /// Everything up to the end of the range was received.
    case rangeEnd
    /// The server has no more events, or the file ended before the stop position.
    case endOfLog
    /// SIGINT or SIGTERM.
    case stopRequested
    /// A stage of the pipeline failed; it knows why.
    case pipelineStopped
  }

  private let source: EventSource
  private let pipeline: Pipeline
  private let range: BinlogRange
  private let progress: Progress
  private let byteCount: UInt64?
  private let log = Logger(label: "binlog_reader")
  private var stream: EventStream
  private var chunk: EventChunk
  private var bytesRead: UInt64 = 0
  /// Where the last event ended that was received.
  private(set) var reached: BinlogPosition

  /// A reader of `source`, which begins at the start of `range`.
  init(
    _ source: EventSource, _ pipeline: Pipeline, _ range: BinlogRange, checksum: EventChecksum, progress: Progress,
    byteCount: UInt64?
  ) {
    self.source = source
    self.pipeline = pipeline
    self.range = range
    self.progress = progress
    self.byteCount = byteCount
    stream = source.stream(at: range.from, checksum: checksum)
    chunk = EventChunk(file: range.from.file)
    reached = range.from
  }

  /// Reads until the range or the log ends, or something stops it. Everything received has been submitted then.
  mutating func run() throws(RunError) -> End {
    while true {
      if Signals.stopRequested { return submit(.stopRequested) }
      let step: EventSource.Step
      do { step = try source.next(&chunk.bytes, reached: reached) } catch {
        if case .wire(let failure, _) = error, failure.category == .interrupted { return submit(.stopRequested) }
        throw error
      }
      switch step {
      case .event(let offset, let count, let isFormat):
        if let end = try take(at: offset, count, isFormat: isFormat) { return end }
      case .file(let start):
        guard begin(start) else { return .pipelineStopped }
      case .end(let cut):
        if let cut { log.warning("\(stream.position): \(cut); the file was not closed, and this event is left out") }
        let isComplete = !range.isBounded || range.isCovered(by: reached)
        return submit(isComplete ? .rangeEnd : .endOfLog)
      }
    }
  }

  /// Takes an event into the chunk, and hands the chunk over when the next event may be long in coming.
  ///
  /// Returns why the reading ends with this event, or nil.
  private mutating func take(at offset: Int, _ count: Int, isFormat: Bool) throws(RunError) -> End? {
    switch try frame(at: offset, count, isFormat: isFormat) {
    case .beyond:
      chunk.bytes.truncate(to: offset)
      // In a later file than the last one: then that one ended before the stop position, if there is one.
      return submit(range.toOffset == nil || stream.position.file == range.toFile ? .rangeEnd : .endOfLog)
    case .last: return submit(.rangeEnd)
    case .inside: break
    }
    let mayWait = !source.hasBufferedEvent(chunk.bytes)
    let isFull = offset + count >= EventChunk.fullByteCount
    guard isFull || chunk.file != stream.position.file || mayWait else { return nil }
    return hand() ? nil : .pipelineStopped
  }

  /// Goes on at `start`, in another file.
  private mutating func begin(_ start: BinlogPosition) -> Bool {
    log.info("reading file: \(start.file)")
    stream = source.stream(at: start, checksum: .none)
    reached = start
    guard chunk.frames.isEmpty else { return hand() }
    renewChunk()
    return true
  }

  /// Frames the event that starts `offset` bytes into the chunk, and keeps it if it belongs to the range.
  private mutating func frame(at offset: Int, _ count: Int, isFormat: Bool) throws(RunError) -> BinlogRange.Verdict {
    let file = stream.position.file
    let frame: EventFrame
    do { frame = try chunk.frame(at: offset, count: count, isFormat: isFormat, &stream) } catch { throw .binlog(error) }
    let verdict = source.judge(frame, range, file: file, next: stream.position)
    guard verdict != .beyond else { return .beyond }
    chunk.append(frame)
    bytesRead += frame.end - frame.start
    if !frame.isOutsideOfFile { reached = BinlogPosition(file: file, offset: frame.end) }
    note(frame, file)
    return verdict
  }

  private func note(_ frame: EventFrame, _ file: String) {
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

  private mutating func submit(_ end: End) -> End {
    guard !chunk.frames.isEmpty else { return end }
    return hand() ? end : .pipelineStopped
  }

  /// Hands the chunk over and begins the next one; false when nobody takes it any more.
  private mutating func hand() -> Bool {
    let full = renewChunk()
    log.debug("handing over \(full.frames.count) events, \(full.bytes.count) bytes, up to \(reached)")
    guard pipeline.submit(full) else { return false }
    progress.update(
      rows: pipeline.metrics.snapshot.rows, bytes: bytesRead, file: reached.file, position: reached.offset,
      end: byteCount)
    return true
  }

  /// Begins the next chunk; returns the one before it.
  @discardableResult
  private mutating func renewChunk() -> EventChunk {
    let full = chunk
    chunk = EventChunk(file: stream.position.file)
    source.carry(from: full, to: chunk)
    return full
  }
}
