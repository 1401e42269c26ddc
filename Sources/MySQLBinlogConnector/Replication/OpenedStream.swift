import BinlogParser
import Pipeline

/// Everything that one stream needs.
struct OpenedStream {
  let source: EventSource
  let start: ResumePoint
  let timeStop: TimeStop?
  let facts: ServerFacts
  let checksum: EventChecksum
  let columnNames: ColumnNames
  let checkpoints: Checkpoints
  let reconnector: Reconnector?
}
