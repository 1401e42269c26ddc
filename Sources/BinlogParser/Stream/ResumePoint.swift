/// A place between two transactions, from which a log can be read on.
public struct ResumePoint: Sendable, Equatable {
  /// Start of the next transaction. Without a file's name it lies behind `gtids`, wherever the server has that.
  public let position: BinlogPosition
  /// The ids of all transactions before it, where they are known.
  public let gtids: GTIDSet?
  /// Time of the last event before it, in seconds since 1970; 0 where that is not known.
  public let timestamp: UInt32
  /// Time at which the file was begun, in seconds since 1970; 0 where that is not known. It tells the file from another one
  /// of its name.
  public var fileCreated: UInt32
  /// The number of the last row before it (`RowSequence`); 0 where there is none, or it is not known.
  public var sequence: Int64

  /// The place at `position`.
  public init(
    at position: BinlogPosition, gtids: GTIDSet? = nil, timestamp: UInt32 = 0, fileCreated: UInt32 = 0,
    sequence: Int64 = 0
  ) {
    self.position = position
    self.gtids = gtids
    self.timestamp = timestamp
    self.fileCreated = fileCreated
    self.sequence = sequence
  }

  /// The place behind the transactions `gtids`.
  public init(behind gtids: GTIDSet, sequence: Int64 = 0) {
    self.init(at: BinlogPosition(file: "", offset: 4), gtids: gtids, sequence: sequence)
  }

  /// True if the server finds the place.
  public var isByGTID: Bool { position.file.isEmpty }

  /// Says whether the log goes on alike from here and from `other`, whatever else is known of the two.
  public func isSamePlace(as other: ResumePoint) -> Bool { position == other.position && gtids == other.gtids }
}

extension ResumePoint: CustomStringConvertible {
  /// "binlog.000042:1234", or "GTID set …".
  public var description: String {
    guard isByGTID, let gtids else { return position.description }
    return "GTID set '\(gtids)'"
  }
}
