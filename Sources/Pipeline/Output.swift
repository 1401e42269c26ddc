import BinlogParser
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
public struct FileFormat: Sendable {
  /// Ending of the names of files.
  public let nameEnding: String
  private let blank: @Sendable () -> [UInt8]
  /// Makes the two stages of an output: the one that decodes, and the one that writes.
  let stages: @Sendable () -> FileStages

  /// Files that `format` makes of the batches of `writer`. Both are told where the files appear.
  ///
  /// - Parameters:
  ///   - blank: makes the bytes of `blankFile`.
  ///   - commit: makes what makes files part of the output.
  init<Format: PartFormat, Writer: ChangeWriter & ~Copyable>(
    nameEnding: String, blank: @escaping @Sendable () -> [UInt8],
    _ format: @escaping @Sendable (any OutputStore) throws(PipelineError) -> Format,
    writer: @escaping @Sendable (any OutputStore) -> Writer,
    commit: @escaping @Sendable (any OutputStore, Checkpoints) -> any Commit = { $1 }
  ) where Writer.Batch == Format.Batch {
    self.nameEnding = nameEnding
    self.blank = blank
    stages = {
      let queue = Pipeline.partQueue(of: Format.Batch.self)
      return FileStages(queue: queue) { pipeline, output, processing, checkpoints, start in
        let pool = pipeline.startWriting(output, queue, commit(output.place, checkpoints), start) {
          () throws(PipelineError) in
          try format(output.place)
        }
        pipeline.startProcessing(processing) { [metrics = pipeline.metrics] in
          PartSink(
            writer(output.place), PartTarget(queue, pool), output: output, metrics: metrics,
            keepsPlace: checkpoints.areKept)
        }
      }
    }
  }

  /// The bytes of a file without rows, different each time, which stands where another must not appear.
  public var blankFile: [UInt8] { blank() }
}

/// The stages of an output of files, and the queue between them.
struct FileStages {
  let queue: any CancellableQueue
  let start: (Pipeline, PartOutput, ProcessingStart, Checkpoints, ResumePoint) -> Void
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
  /// Bytes of memory for rows on their way into files, roughly: batches, and files that grow.
  let memoryLimit: Int
  /// Names that files of runs which died had, or have still to come under: whatever is written under them again differs from it.
  let takenOver: Set<String>
  let log: PartLog

  /// Files in `place`.
  public init(
    format: FileFormat, place: any OutputStore, roll: RollPolicy, naming: FileNaming, partitioning: Partitioning,
    memoryLimit: Int = 256 << 20, takenOver: Set<String> = [], log: PartLog
  ) {
    self.format = format
    self.place = place
    self.roll = roll
    self.naming = naming
    self.partitioning = partitioning
    self.memoryLimit = memoryLimit
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
