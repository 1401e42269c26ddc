import BinlogParser
import Pipeline

/// What came of a run that ended in order.
package struct RunOutcome {
  /// Why it ended.
  package enum Reason: String {
    /// The log had no more events.
    case caughtUp = "caught_up"
    /// The end of the range, or the stop condition.
    case stopPosition = "stop_position"
    /// The time was over.
    case deadline
    /// There were as many rows as were wanted.
    case limit
    /// SIGINT or SIGTERM.
    case stopRequested = "stop_requested"
  }

  /// Why it ended.
  let reason: Reason
  /// The server that wrote the log.
  let server: Checkpoint.Server
  /// Where it began.
  let start: ResumePoint
  /// Where the next run is to begin: everything before it is safe.
  let next: ResumePoint
  /// Events that it looked at.
  let events: UInt64
  /// The output files that became complete.
  let files: [Checkpoint.File]

  /// True if it came any further.
  var hasProgress: Bool { !next.isSamePlace(as: start) }
  /// True if there is more to read, as far as is known.
  var hasMore: Bool { reason == .deadline || reason == .limit }
}
