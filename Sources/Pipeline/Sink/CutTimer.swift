/// Tells when something that began to wait has waited long enough.
struct CutTimer {
  private let interval: Duration?
  /// When the time is over; nil while nothing waits, or when time does not matter.
  private(set) var end: ContinuousClock.Instant?

  /// A timer that gives everything `interval`; nil for all the time there is.
  init(_ interval: Duration?) { self.interval = interval }

  /// Something waits from now on, unless it does so already.
  mutating func start() {
    guard end == nil, let interval else { return }
    end = .now + interval
  }

  /// Nothing waits any more.
  mutating func stop() { end = nil }

  /// True if the time is over.
  var isOver: Bool { end.map { $0 <= .now } ?? false }
}
