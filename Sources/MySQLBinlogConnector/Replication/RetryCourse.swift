import MySQLWire

/// Course of an outage: which errors may pass, how long it may last, and how long to wait before the next attempt.
///
/// Pure: errors and readings of the clock come in, decisions come out.
package struct RetryCourse {
  /// So many times without progress, damaged bytes are taken for the network's fault.
  private static let damageLimit = 3
  private static let firstWaitMilliseconds = 100.0
  private static let longestWaitMilliseconds = 30_000.0

  /// Longest time that it may last; nil for ever.
  private let limit: Duration?
  private var start: ContinuousClock.Instant?
  private var attempts = 0
  private var damages = 0

  /// The course of outages of at most `limitSeconds`; 0 is for ever.
  package init(limitSeconds: Int) { limit = limitSeconds == 0 ? nil : .seconds(limitSeconds) }

  /// Notes that a whole transaction came: an outage, if there was one, has ended.
  package mutating func end() {
    start = nil
    attempts = 0
    damages = 0
  }

  /// Decides whether it makes sense to try again after `error`.
  package mutating func mayRetry(after error: RunError) -> Bool {
    switch error {
    case .wire(let failure, _) where failure.category == .unreachable: return true
    case .wire(let failure, _) where failure.mayBeDamage: break
    case .binlog: break
    default: return false
    }
    damages += 1
    return damages < Self.damageLimit
  }

  /// Counts the next attempt, and returns how many milliseconds before it to wait at most.
  package mutating func longestWait(at now: ContinuousClock.Instant) -> Double {
    let wait = Self.firstWaitMilliseconds * Double(1 << min(attempts, 20))
    if start == nil { start = now }
    attempts += 1
    return min(wait, Self.longestWaitMilliseconds)
  }

  /// True if the outage has lasted too long.
  package func isOver(at now: ContinuousClock.Instant) -> Bool {
    guard let limit, let start else { return false }
    return start.duration(to: now) > limit
  }
}
