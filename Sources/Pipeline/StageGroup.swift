import Foundation

/// The threads of the stages, and the first error of any of them.
final class StageGroup: @unchecked Sendable {
  private let condition = NSCondition()
  private let failed: @Sendable () -> Void
  private var running = 0
  private var error: PipelineError?

  /// The decoder's recursion is bounded well below what this allows.
  private static let stackByteCount = 8 << 20

  /// No stages yet; `failed` is called, on its thread, when one has thrown.
  init(failed: @escaping @Sendable () -> Void) { self.failed = failed }

  /// Runs `body` on a thread named `name`.
  func start(_ name: String, _ body: @escaping @Sendable () throws(PipelineError) -> Void) {
    condition.lock()
    running += 1
    condition.unlock()
    let thread = Thread { [self] in
      do throws(PipelineError) {
        try body()
        end(nil)
      } catch {
        end(error)
      }
    }
    thread.name = name
    thread.stackSize = Self.stackByteCount
    thread.start()
  }

  /// Waits until every stage has ended.
  func wait() {
    condition.lock()
    while running > 0 { condition.wait() }
    condition.unlock()
  }

  /// Error of the first stage that failed.
  var firstError: PipelineError? {
    condition.lock()
    defer { condition.unlock() }
    return error
  }

  private func end(_ failure: PipelineError?) {
    condition.lock()
    running -= 1
    if error == nil { error = failure }
    condition.broadcast()
    condition.unlock()
    if failure != nil { failed() }
  }
}
