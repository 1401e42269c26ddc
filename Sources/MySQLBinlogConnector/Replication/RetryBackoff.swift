import Logging
import Platform

/// Waits of an outage, which grow, each with a random part, so that many replicas do not come back at the same moment.
///
/// An outage ends with a whole transaction, and not with a connection: a network may let every login through, and break then.
final class RetryBackoff {
  private let interrupt: InterruptSource
  private var course: RetryCourse
  private let log = Logger(label: "connection")

  /// The waits of outages of at most `limitSeconds`, which `interrupt` ends; 0 is for ever.
  init(_ interrupt: InterruptSource, limitSeconds: Int) {
    self.interrupt = interrupt
    course = RetryCourse(limitSeconds: limitSeconds)
  }

  /// A whole transaction came.
  func end() { course.end() }

  /// Decides whether it makes sense to try again after `error`.
  func mayRetry(after error: RunError) -> Bool { course.mayRetry(after: error) }

  /// Waits before the next attempt; false when a stop signal came, or the run's time is over.
  ///
  /// - Throws: `error` when the outage has lasted too long.
  func wait(after error: RunError) throws(RunError) -> Bool {
    let longest = course.longestWait(at: .now)
    let milliseconds = Int32(Double.random(in: longest / 2...longest))
    log.warning("\(error.whatAndWhere); trying again in \(milliseconds) ms")
    do { guard try interrupt.sleep(milliseconds: milliseconds) else { return false } } catch { throw .system(error) }
    if course.isOver(at: .now) { throw error }
    return true
  }
}
