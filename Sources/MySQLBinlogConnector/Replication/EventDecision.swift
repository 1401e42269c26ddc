import BinlogParser

/// Decision about an event: what becomes of it, and of the stream behind it.
package struct EventDecision: Sendable {
  /// Fate of the event.
  package let fate: EventFate
  /// Course of the stream behind it.
  package let next: EventSequel

  init(_ fate: EventFate, _ next: EventSequel) {
    self.fate = fate
    self.next = next
  }
}

/// Fate of an event.
package enum EventFate: Sendable {
  /// It goes to the pipeline.
  case deliver
  /// It goes to the pipeline, and the place behind it lies between two transactions.
  case deliverBoundary
  /// It goes to the pipeline, and ends the transaction that began at the place and takes these of its events back.
  case deliverRollback(UndoneEvents, from: BinlogPosition)
  /// It was delivered before, or belongs to a transaction without an end, or lies behind the range.
  case drop
  /// It came before the name of the file in which a stream by GTID begins.
  case forget

  /// True if it goes to the pipeline.
  var isDelivered: Bool {
    switch self {
    case .deliver, .deliverBoundary, .deliverRollback: true
    case .drop, .forget: false
    }
  }
}

/// Course of a stream behind an event.
package enum EventSequel: Equatable, Sendable {
  /// The next event follows.
  case proceed
  /// The range ends; with `isBeyond` before the event.
  case endRange(SessionEnd, isBeyond: Bool)
  /// The events received last are not part of the log after all.
  case sourceChanged(SourceChange)
  /// The stream must begin again behind the event, which the server could not send as it is.
  case beginBehind
}
