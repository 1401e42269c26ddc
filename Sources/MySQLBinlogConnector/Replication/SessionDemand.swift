/// Demand of the world outside a stream.
package struct SessionDemand: Sendable {
  /// SIGINT or SIGTERM came.
  package var isStopRequested = false
  /// Part of the run's time that is gone.
  package var phase = TimeLimit.Phase.running

  /// The demand of a moment.
  package init(isStopRequested: Bool = false, phase: TimeLimit.Phase = .running) {
    self.isStopRequested = isStopRequested
    self.phase = phase
  }
}
