import Logging
import MySQLWire
import Platform

/// An outage: which errors may pass, how long it may last, and when the server is tried again, after waits that grow, each
/// with a random part, so that many replicas do not come back at the same moment.
///
/// It ends with a whole transaction, and not with a connection: a network may let every login through, and break then.
final class RetryBackoff {
  /// So many times without progress, damaged bytes are taken for the network's fault.
  private static let damageLimit = 3
  private static let firstWaitMilliseconds = 100.0
  private static let longestWaitMilliseconds = 30_000.0

  private let interrupt: InterruptSource
  /// How long it may last; nil for ever.
  private let limit: Duration?
  private let log = Logger(label: "connection")
  private var course: (start: ContinuousClock.Instant, attempts: Int)?
  private var damages = 0

  /// Outages of at most `limitSeconds`, in which `interrupt` ends the waits; 0 is for ever.
  init(_ interrupt: InterruptSource, limitSeconds: Int) {
    self.interrupt = interrupt
    limit = limitSeconds == 0 ? nil : .seconds(limitSeconds)
  }

  /// A whole transaction came.
  func end() {
    course = nil
    damages = 0
  }

  /// True if it makes sense to try again after `error`.
  func mayPass(after error: RunError) -> Bool {
    switch error {
    case .wire(let failure, _) where failure.category == .unreachable: return true
    case .wire(let failure, _) where failure.mayBeDamage: break
    case .binlog: break
    default: return false
    }
    damages += 1
    return damages < Self.damageLimit
  }

  /// Waits before the next attempt; false when a stop signal came, or the run's time is over.
  ///
  /// - Throws: `error` when the outage has lasted too long.
  func wait(after error: RunError) throws(RunError) -> Bool {
    let now = ContinuousClock.now
    let attempts = course?.attempts ?? 0
    let start = course?.start ?? now
    course = (start, attempts + 1)
    let longest = min(Self.firstWaitMilliseconds * Double(1 << min(attempts, 20)), Self.longestWaitMilliseconds)
    let milliseconds = Int32(Double.random(in: longest / 2...longest))
    log.warning("\(error.whatAndWhere); trying again in \(milliseconds) ms")
    do { guard try interrupt.sleep(milliseconds: milliseconds) else { return false } } catch { throw .system(error) }
    if let limit, start.duration(to: .now) > limit { throw error }
    return true
  }
}
