import BinlogParser

/// Facts about everything before a pipeline's first event.
public struct PipelineStart: Sendable {
  /// The ids of all transactions, where they are known.
  public let gtids: GTIDSet?
  /// The number of the last row (`RowSequence`); 0 where it is not known.
  public let sequence: Int64

  /// A start behind these transactions and rows.
  public init(gtids: GTIDSet?, sequence: Int64) {
    self.gtids = gtids
    self.sequence = sequence
  }
}
