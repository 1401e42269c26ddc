import BinlogParser

/// Bounds of what a pipeline takes and holds.
public struct PipelineLimits: Sendable {
  /// Chunks of events that may wait for the processing worker.
  let queuedChunks: Int
  /// Bytes of events that may wait for it; one chunk always fits.
  let queuedBytes: Int
  /// Bytes that the compressed part of an event may come to.
  let eventBytes: Int
  /// Rows with whose transaction the output ends, and no more events are taken; nil for no end.
  let rows: UInt64?

  /// Bytes of events that may wait where nothing else is said.
  public static let defaultQueuedBytes = 32 << 20

  /// Bounds, of which only the first has no default.
  public init(
    queuedChunks: Int, queuedBytes: Int = Self.defaultQueuedBytes, eventBytes: Int = Limits.event, rows: UInt64? = nil
  ) {
    self.queuedChunks = queuedChunks
    self.queuedBytes = queuedBytes
    self.eventBytes = eventBytes
    self.rows = rows
  }
}

/// Choice of rows, and names of their columns.
public struct DecodingSettings: Sendable {
  /// The rows that are wanted.
  let filter: TableFilter
  /// Source of the names of columns.
  let columnNames: ColumnNames

  /// Rows of `filter`, with `columnNames`.
  public init(filter: TableFilter, columnNames: ColumnNames) {
    self.filter = filter
    self.columnNames = columnNames
  }
}
