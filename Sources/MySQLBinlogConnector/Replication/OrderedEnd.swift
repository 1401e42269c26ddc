/// Extent of what is handed to the pipeline before the reading ends.
package enum HandedExtent: Sendable {
  /// Everything received.
  case everything
  /// All but the transaction that is open.
  case wholeTransactions
}

/// End of a reading, and what is handed over before.
package struct OrderedEnd: Equatable, Sendable {
  package let end: SessionEnd
  package let handing: HandedExtent

  init(_ end: SessionEnd, handing: HandedExtent) {
    self.end = end
    self.handing = handing
  }
}
