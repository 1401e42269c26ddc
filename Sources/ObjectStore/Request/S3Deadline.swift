/// When requests of a run that has not for ever must be over: no attempt takes longer, and none is begun later.
public struct S3Deadline: Sendable, Equatable {
  /// That of most requests.
  public let work: ContinuousClock.Instant
  /// That of requests which end what was begun: they keep the place behind objects that are visible, or remove parts.
  public let ending: ContinuousClock.Instant

  /// So long for most requests, and so long for those that end what was begun.
  public init(work: ContinuousClock.Instant, ending: ContinuousClock.Instant) {
    self.work = work
    self.ending = ending
  }

  /// When `request` must be over.
  func end(of request: S3Request) -> ContinuousClock.Instant { request.isEnding ? ending : work }
}
