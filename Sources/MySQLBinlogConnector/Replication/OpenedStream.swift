import BinlogParser
import Pipeline

/// Everything that one stream needs.
struct OpenedStream {
  let source: EventSource
  let start: StreamStart
  /// The number of the last row before the start (`RowSequence`); 0 where it is not known.
  let sequence: Int64
  let timeStop: TimeStop?
  let facts: ServerFacts
  let checksum: EventChecksum
  let columnNames: ColumnNames
  let checkpoints: Checkpoints
  let reconnector: Reconnector?
}
