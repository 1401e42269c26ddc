import ParquetWriter
import Pipeline
import Synchronization

/// The output files of a run that became complete; the stage that writes adds them.
final class FinishedFiles: Sendable {
  private let list = Mutex<[Checkpoint.File]>([])

  /// Adds the file at `path`.
  func add(_ path: String, _ summary: ParquetFileWriter.Summary) {
    list.withLock { $0.append(Checkpoint.File(path: path, rows: summary.rows, bytes: summary.bytes)) }
  }

  /// All of them, in the order in which they became complete.
  var files: [Checkpoint.File] { list.withLock { $0 } }
}
