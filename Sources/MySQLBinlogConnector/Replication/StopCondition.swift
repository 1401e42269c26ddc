import BinlogParser

/// Where a run ends, beside the end of its range.
package struct StopCondition: Sendable, Equatable, CustomStringConvertible {
  /// The run ends when it has received all of these transactions.
  package let gtids: GTIDSet?
  /// The run ends at the place of this time, in seconds since 1970: see `TimestampSearch`.
  package let timestamp: UInt32?
  /// The run ends where the server's log does when it begins: `Session.atLogEnd` finds it.
  package let endsNow: Bool

  /// The end at whichever comes first; nil for none.
  package init(gtids: GTIDSet? = nil, timestamp: UInt32? = nil, endsNow: Bool = false) {
    self.endsNow = endsNow
    self.gtids = gtids
    self.timestamp = timestamp
  }

  /// True if there is any condition.
  package var isBounded: Bool { gtids != nil || timestamp != nil || endsNow }

  /// "to_gtid_set …", for messages.
  package var description: String {
    [
      gtids.map { "to_gtid_set '\($0)'" }, timestamp.map { "to_timestamp \($0) (\(UTCTime.text($0)) UTC)" },
      endsNow ? "now" : nil,
    ].compactMap(\.self).joined(separator: ", ")
  }

  /// True if `received` has all transactions.
  func isReached(by received: GTIDSet?) -> Bool {
    guard let gtids, let received else { return false }
    return received.isSuperset(of: gtids)
  }
}
