import BinlogParser

/// Tells of statements whose changes the log does not hold as rows: of the first at once, of later ones once a minute.
package struct StatementWatch: Sendable {
  /// At most one notice in this time.
  package static let interval: Duration = .seconds(60)

  private let notice: @Sendable (PipelineNotice) -> Void
  private var count: UInt64 = 0
  private var last: ContinuousClock.Instant?

  /// A watch that calls `notice`.
  package init(_ notice: @escaping @Sendable (PipelineNotice) -> Void) { self.notice = notice }

  /// Takes the number of statements so far, after the event `frame`.
  package mutating func note(
    _ count: UInt64, _ file: String, _ frame: EventFrame, at now: ContinuousClock.Instant? = nil
  ) {
    guard count != self.count else { return }
    self.count = count
    let now = now ?? .now
    if let last, last.duration(to: now) < Self.interval { return }
    last = now
    notice(.statementChanges(count: count, file: file, position: frame.start))
  }
}
