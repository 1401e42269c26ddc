import BinlogParser
import Pipeline

/// Everything that one stream needs.
struct Stage {
  let source: EventSource
  let start: StreamStart
  let timeStop: TimeStop?
  let facts: ServerFacts
  let checksum: EventChecksum
  let columnNames: ColumnNames
  let checkpoints: Checkpoints
  let resumption: Resumption?
}
