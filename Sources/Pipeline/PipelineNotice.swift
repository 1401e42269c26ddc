import BinlogParser

/// What the pipeline has to say while it runs.
public enum PipelineNotice: Sendable, Equatable {
  /// `count` statements so far changed rows of included tables without logging them as rows; the latest one stands in
  /// `file` at `position`.
  case statementChanges(count: UInt64, file: String, position: UInt64)
  /// `count` times so far rows of included tables were removed without being logged as rows: by TRUNCATE, DROP TABLE, or with
  /// a partition, which may have gone to another table; the latest time those of `table`, by the statement in `file` at `position`.
  case emptiedTable(String, count: UInt64, file: String, position: UInt64)
  /// `count` times so far rows of included tables were removed so; the latest time those of all tables of a database, by the
  /// DROP DATABASE in `file` at `position`.
  case droppedDatabase(String, shown: Int, count: UInt64, file: String, position: UInt64)
  /// The first event of a type that is not known stands in `file` at `position`. It is passed over, as others will be.
  case unknownEvent(EventType, file: String, position: UInt64)
}
