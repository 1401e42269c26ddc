/// When an output file ends before its binlog file does: at the end of the transaction in which one of these is reached.
public struct RollPolicy: Sendable, Equatable {
  /// Seconds since the file's first row.
  public let seconds: Int?
  /// Rows in the file.
  public let rows: Int?
  /// Bytes written to the file.
  public let bytes: Int?

  /// Files that end at any of the limits that are given.
  public init(seconds: Int? = nil, rows: Int? = nil, bytes: Int? = nil) {
    self.seconds = seconds
    self.rows = rows
    self.bytes = bytes
  }

  /// True if there is any limit.
  public var isActive: Bool { seconds != nil || rows != nil || bytes != nil }
}
