import ParquetWriter
import Platform

/// What the flush worker tells of its files.
public struct ParquetLog: Sendable {
  let opened: @Sendable (_ path: String) -> Void
  let finished: @Sendable (_ path: String, _ summary: ParquetFileWriter.Summary) -> Void

  /// Calls `opened` when a file is begun, and `finished` when it is complete under its name.
  public init(
    opened: @escaping @Sendable (String) -> Void,
    finished: @escaping @Sendable (String, ParquetFileWriter.Summary) -> Void
  ) {
    self.opened = opened
    self.finished = finished
  }
}

/// Where and how Parquet files are written.
public struct ParquetOutput: Sendable {
  /// Where finished files appear.
  public let place: any OutputPlace
  /// Rows in a row group.
  public let batchRowLimit: Int
  /// Compression, page size, and what stands in `created_by`.
  public let properties: WriterProperties
  /// The UUID of the server, where it has one.
  public let serverUUID: String?
  /// When a file ends before its binlog file does.
  public let roll: RollPolicy
  /// How files are called.
  public let naming: FileNaming
  /// By what the rows of a part are divided into files.
  public let partitioning: Partitioning
  /// Names that files of runs which died had, or have still to come under: whatever is written under them again differs from it.
  public let takenOver: Set<String>
  let schema: Schema
  let log: ParquetLog

  /// Files in `place`; `json` is what the images are annotated with.
  public init(
    place: any OutputPlace, batchRowLimit: Int, json: LogicalType, properties: WriterProperties, serverUUID: String?,
    roll: RollPolicy, naming: FileNaming, partitioning: Partitioning, takenOver: Set<String> = [], log: ParquetLog
  ) {
    self.place = place
    self.roll = roll
    self.naming = naming
    self.partitioning = partitioning
    self.takenOver = takenOver
    self.batchRowLimit = batchRowLimit
    self.properties = properties
    self.serverUUID = serverUUID
    self.log = log
    schema = RowChangeColumns.schema(json: json)
  }
}

/// A file without rows, which stands where another must not appear.
public enum BlankFile {
  /// Its bytes, different each time; `json` is what the images of output files are annotated with.
  public static func make(json: LogicalType, application: ApplicationVersion) -> [UInt8] {
    ParquetFileWriter.fileWithoutRows(
      schema: RowChangeColumns.schema(json: json), application: application, keyValueMetadata: [.nonce()])
  }
}

extension KeyValue {
  /// What tells a file from one with the same rows.
  static func nonce() -> KeyValue { KeyValue("write_id", Nonce.make()) }
}

/// Where the rows go.
public enum Output: Sendable {
  /// One stream, on standard output: at least once.
  case stream(StreamFormat)
  /// Files that are cut, named and published: exactly once.
  case parts(ParquetOutput)
}

/// The form of an output that is one stream.
public enum StreamFormat: Sendable {
  /// A block of text for each row, and with `everyEvent` for each other event.
  case text(everyEvent: Bool)
  /// A line of JSON for each row.
  case jsonLines(JSONLinesSettings)
}
