/// A moment on the clock that never jumps, by which a wait must be over.
public struct Deadline: Sendable {
  private let instant: ContinuousClock.Instant

  /// The moment `seconds` from now.
  public init(secondsFromNow seconds: Double) {
    instant = .now + .milliseconds(Int64(max(0, min(seconds, 1e9)) * 1000))
  }

  /// Milliseconds left, rounded up, never negative, never more than `Int32.max`: what `poll` takes.
  public var millisecondsLeft: Int32 {
    let left = ContinuousClock.now.duration(to: instant)
    guard left > .zero else { return 0 }
    let (seconds, attoseconds) = left.components
    guard seconds < 2_000_000 else { return .max }
    return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }

  /// The moment that splits the time left into `parts` and ends the first of them.
  public func share(of parts: Int) -> Deadline {
    Deadline(secondsFromNow: Double(millisecondsLeft) / 1000 / Double(max(parts, 1)))
  }
}
