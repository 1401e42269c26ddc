import ParquetWriter
import Platform

/// Destination of the rows.
public enum Output: Sendable {
  /// One stream, on standard output: at least once.
  case stream(StreamFormat)
  /// Files that are cut, named and published: exactly once.
  case parts(PartOutput)
}

/// The form of an output that is one stream.
public struct StreamFormat: Sendable {
  /// Starts the stage that decodes, and that writes too.
  let start: @Sendable (Pipeline, ProcessingStart, Checkpoints) -> Void

  /// The form that a writer gives to rows.
  package init<Writer: ChangeWriter & ~Copyable>(_ writer: @escaping @Sendable () -> Writer)
  where Writer.Batch == LineBatch {
    start = { pipeline, processing, checkpoints in
      pipeline.startProcessing(processing) { StreamSink(writer(), checkpoints: checkpoints) }
    }
  }
}

/// The form of an output's files.
public enum FileFormat: Sendable {
  /// Parquet, with a row for each change and its images as JSON.
  case parquetChanges(ParquetChangesSettings)
  /// A line of JSON for each row; the files are compressed as a whole.
  case jsonLines(JSONLinesSettings, Compression)

  /// Ending of the names of files.
  public var nameEnding: String {
    switch self {
    case .parquetChanges: ".parquet"
    case .jsonLines(_, .none): ".jsonl"
    case .jsonLines(_, .gzip): ".jsonl.gz"
    case .jsonLines(_, .zstd): ".jsonl.zst"
    }
  }

  /// The bytes of a file without rows, different each time, which stands where another must not appear.
  public var blankFile: [UInt8] {
    switch self {
    case .parquetChanges(let settings): settings.blankFile
    case .jsonLines(_, let compression): JSONLinesFormat.blankFile(compression)
    }
  }
}

/// Place, form and names of files.
public struct PartOutput: Sendable {
  /// The form of the files.
  let format: FileFormat
  /// Where finished files appear.
  let place: any OutputStore
  /// When a file ends before its binlog file does.
  let roll: RollPolicy
  /// How files are called.
  let naming: FileNaming
  /// By what the rows of a part are divided into files.
  let partitioning: Partitioning
  /// Names that files of runs which died had, or have still to come under: whatever is written under them again differs from it.
  let takenOver: Set<String>
  let log: PartLog

  /// Files in `place`.
  public init(
    format: FileFormat, place: any OutputStore, roll: RollPolicy, naming: FileNaming, partitioning: Partitioning,
    takenOver: Set<String> = [], log: PartLog
  ) {
    self.format = format
    self.place = place
    self.roll = roll
    self.naming = naming
    self.partitioning = partitioning
    self.takenOver = takenOver
    self.log = log
  }
}

/// Messages of the thread that writes about its files.
public struct PartLog: Sendable {
  let opened: @Sendable (_ path: String) -> Void
  let finished: @Sendable (Checkpoint.File) -> Void
  let cutShort: @Sendable (_ path: String) -> Void

  /// Calls `opened` when a file is begun, `finished` when it is complete under its name, and `cutShort` when it has to end before
  /// a transaction that says more of its rows.
  public init(
    opened: @escaping @Sendable (String) -> Void, finished: @escaping @Sendable (Checkpoint.File) -> Void,
    cutShort: @escaping @Sendable (String) -> Void
  ) {
    self.cutShort = cutShort
    self.opened = opened
    self.finished = finished
  }
}
