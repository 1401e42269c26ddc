import BinlogParser
import Pipeline

/// Progress of a reading, for others to look at: a monitor of the lag, and the line on a terminal.
struct ReadingProgress {
  private let status: StreamStatus
  private let line: Progress
  /// Bytes in the range, where that is known.
  private let byteCount: UInt64?
  private var bytesRead: UInt64 = 0
  private var lastTimestamp: UInt32 = 0
  /// True if an event was handed over that says more than how its file begins or ends.
  private(set) var hasEvents = false

  /// A reading of `byteCount` bytes, if that is known, that has not begun; `status` and `line` show it.
  init(_ status: StreamStatus, _ line: Progress, byteCount: UInt64?) {
    self.status = status
    self.line = line
    self.byteCount = byteCount
  }

  /// Counts an event that goes to the pipeline.
  mutating func received(_ frame: EventFrame) {
    bytesRead += frame.end - frame.start
    if frame.header.timestamp > 0 { lastTimestamp = frame.header.timestamp }
  }

  /// Notes that `chunk`, which ends at `end`, is handed to the pipeline.
  mutating func handing(_ chunk: EventChunk, upTo end: BinlogPosition) {
    if !hasEvents { hasEvents = chunk.frames.contains { !$0.isOutsideOfFile && !$0.header.type.describesFile } }
    status.update(end, timestamp: lastTimestamp)
  }

  /// Shows that the reading came to `end`, and the pipeline to `rows` rows.
  func show(_ end: BinlogPosition, rows: UInt64) {
    line.update(rows: rows, bytes: bytesRead, file: end.file, position: end.offset, end: byteCount)
  }
}
