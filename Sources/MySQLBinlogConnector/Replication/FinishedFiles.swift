import Pipeline
import Synchronization

/// The output files of a run that became complete; the stage that writes adds them.
final class FinishedFiles: Sendable {
  private let list = Mutex<[Checkpoint.File]>([])

  /// Adds `file`.
  func add(_ file: Checkpoint.File) { list.withLock { $0.append(file) } }

  /// All of them, in the order in which they became complete.
  var files: [Checkpoint.File] { list.withLock { $0 } }
}
