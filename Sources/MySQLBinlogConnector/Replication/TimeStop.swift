import BinlogParser

/// The place of `to_timestamp` in a log: the run ends there.
package struct TimeStop: Sendable, Equatable {
  /// The time, in seconds since 1970.
  let time: UInt32
  /// The place; where it is not known, no transaction before it is of the time or later.
  let place: BinlogPosition
  /// True if the place is known.
  let isKnown: Bool

  /// A place that is known.
  package init(_ time: UInt32, at place: BinlogPosition) {
    self.time = time
    self.place = place
    isKnown = true
  }

  /// The first transaction of `time` or later that starts at `place` or behind it.
  package init(_ time: UInt32, since place: BinlogPosition) {
    self.time = time
    self.place = place
    isKnown = false
  }

  /// True if the transaction of `other` that starts at `position` is at the place or behind it.
  func isReached(by position: BinlogPosition, _ other: UInt32) -> Bool {
    !position.precedes(place) && (isKnown || other >= time)
  }

  /// True if nothing that starts at `position` or behind it lies before the place.
  func isPassed(by position: BinlogPosition) -> Bool { isKnown && !position.file.isEmpty && !position.precedes(place) }
}
