/// How an invocation divides its time. A time-out comes as SIGKILL, without warning: everything must be over before.
package struct InvocationTime: Sendable, Equatable {
  /// Seconds until the function is killed.
  package let left: Double
  /// Seconds from now on after which no transaction is begun.
  package let reading: Double
  /// Seconds from now on after which the transaction that is still coming in is given up.
  package let lastEvent: Double
  /// Seconds from now on after which output that is not complete is given up.
  package let lastOutput: Double
  /// Seconds from now on after which nothing more is done but to answer.
  package let end: Double

  /// Divides `left` seconds. The margin for what is under way and for the upload is `margin`, else a quarter of the time, but
  /// 1.5 seconds at least and 15 at most, and never more than half of it.
  ///
  /// - Parameter most: reads for so many seconds at most.
  package init(left: Double, margin: Int?, most: Int?) {
    let left = max(left, 0)
    let margin = min(margin.map(Double.init) ?? min(max(left / 4, 1.5), 15), left / 2)
    self.left = left
    reading = min(left - margin, most.map(Double.init) ?? .infinity)
    lastEvent = left - margin / 2
    lastOutput = left - margin / 4
    end = left - margin / 8
  }

  /// The same as moments of the clock that never jumps, counted from `now`.
  func schedule(from now: ContinuousClock.Instant = .now) -> TimeLimit.Schedule {
    TimeLimit.Schedule(
      lastStart: now + .seconds(reading), lastEvent: now + .seconds(lastEvent), lastOutput: now + .seconds(lastOutput),
      end: now + .seconds(end))
  }
}
