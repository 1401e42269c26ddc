/// A place between two transactions, from which a log can be read on.
public struct TransactionBoundary: Sendable, Equatable {
  /// Where the next transaction starts.
  public let position: BinlogPosition
  /// The ids of all transactions before it, where they are known.
  public let gtids: GTIDSet?
  /// When the last event before it happened, in seconds since 1970; 0 where that is not known.
  public let timestamp: UInt32
  /// When the file was begun, in seconds since 1970; 0 where that is not known. It tells the file from another one of its
  /// name.
  public let fileCreated: UInt32
  /// The number of the last row before it (`RowSequence`); 0 where there is none, or it is not known.
  public let sequence: Int64

  /// The place at `position`.
  public init(
    position: BinlogPosition, gtids: GTIDSet?, timestamp: UInt32, fileCreated: UInt32, sequence: Int64 = 0
  ) {
    self.sequence = sequence
    self.fileCreated = fileCreated
    self.position = position
    self.gtids = gtids
    self.timestamp = timestamp
  }
}
