import BinlogParser
import Logging
import MySQLWire
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

  private let connection: Connection
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

  /// A reader of the dump that `connection` has begun at the start of `range`.
  init(
    _ connection: Connection, _ pipeline: Pipeline, _ range: BinlogRange, checksum: EventChecksum, progress: Progress,
    byteCount: UInt64?
  ) {
    self.connection = connection
    self.pipeline = pipeline
    self.range = range
    self.progress = progress
    self.byteCount = byteCount
    stream = EventStream(at: range.from, checksum: checksum)
    chunk = EventChunk(file: range.from.file)
    reached = range.from
  }

  /// Reads until the range or the log ends, or something stops it. Everything received has been submitted then.
  mutating func run() throws(RunError) -> End {
    while true {
      if Signals.stopRequested { return submit(.stopRequested) }
      let offset = chunk.bytes.count
      let result: Connection.DumpResult
      do { result = try connection.nextEvent(appendingTo: &chunk.bytes) } catch {
        if error.category == .interrupted { return submit(.stopRequested) }
        throw .wire(error, reached: reached)
      }
      guard case .event = result else { return submit(range.isCovered(by: reached) ? .rangeEnd : .endOfLog) }
      switch try take(at: offset) {
      case .beyond:
        chunk.bytes.truncate(to: offset)
        // In a later file than the last one: then that one ended before the stop position, if there is one.
        return submit(range.toOffset == nil || stream.position.file == range.toFile ? .rangeEnd : .endOfLog)
      case .last: return submit(.rangeEnd)
      case .inside: break
      }
      guard chunk.isFull || chunk.file != stream.position.file || !connection.hasBufferedEvent() else { continue }
      guard hand() else { return .pipelineStopped }
    }
  }

  /// Frames the event that starts `offset` bytes into the chunk, and keeps it if it belongs to the range.
  private mutating func take(at offset: Int) throws(RunError) -> BinlogRange.Verdict {
    let file = stream.position.file
    let frame: EventFrame
    do { frame = try chunk.frame(at: offset, &stream) } catch { throw .binlog(error) }
    let verdict = range.judge(frame, file: file, next: stream.position)
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
    let full = chunk
    chunk = EventChunk(file: stream.position.file)
    log.debug("handing over \(full.frames.count) events, \(full.bytes.count) bytes, up to \(reached)")
    guard pipeline.submit(full) else { return false }
    progress.update(
      rows: pipeline.metrics.snapshot.rows, bytes: bytesRead, file: reached.file, position: reached.offset,
      end: byteCount)
    return true
  }
}
