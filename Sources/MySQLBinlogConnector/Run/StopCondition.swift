import BinlogParser
import Foundation

/// Where a run ends, beside the end of its range.
package struct StopCondition: Sendable, Equatable, CustomStringConvertible {
  /// The run ends when it has received all of these transactions.
  package let gtids: GTIDSet?
  /// The run ends before the first transaction of this time or later, in seconds since 1970.
  package let timestamp: UInt32?

  /// The end at whichever comes first; nil for none.
  package init(gtids: GTIDSet? = nil, timestamp: UInt32? = nil) {
    self.gtids = gtids
    self.timestamp = timestamp
  }

  /// Whether there is any condition.
  package var isBounded: Bool { gtids != nil || timestamp != nil }

  /// Whether the time has come: nothing before it will happen any more.
  var isPast: Bool { timestamp.map { Date().timeIntervalSince1970 >= Double($0) } ?? false }

  /// Whether `frame`, the first event of a transaction or one between two of them, is not before the time.
  func isReached(by frame: EventFrame) -> Bool {
    guard let timestamp else { return false }
    return frame.header.timestamp >= timestamp
  }

  /// "to_gtid_set …", for messages.
  package var description: String {
    [gtids.map { "to_gtid_set '\($0)'" }, timestamp.map { "to_timestamp \($0)" }].compactMap(\.self)
      .joined(separator: ", ")
  }

  /// Whether `received` has all transactions.
  func isReached(by received: GTIDSet?) -> Bool {
    guard let gtids, let received else { return false }
    return received.isSuperset(of: gtids)
  }
}
