/// How often and how long a request is tried: with waits that grow, each of a random length, so that many clients do not
/// come back at the same moment ("full jitter").
///
/// See <https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/>.
public struct RetryPolicy: Sendable, Equatable {
  /// How often at most.
  public var attempts: Int
  /// After so many seconds no new attempt is begun.
  public var seconds: Double

  /// So many attempts, none of them begun after `seconds`.
  public init(attempts: Int, seconds: Double = 300) {
    self.attempts = attempts
    self.seconds = seconds
  }

  private static let firstWaitSeconds = 0.2
  private static let longestWaitSeconds = 20.0

  /// How long to wait after the attempt of that number, of which the first is 1.
  package func wait(after attempt: Int) -> Double {
    let longest = Self.firstWaitSeconds * Double(1 << min(attempt, 20))
    return .random(in: 0...min(longest, Self.longestWaitSeconds))
  }
}
