import BinlogParser

/// By what the rows of a part are divided into files: the words of `partition_by`.
public struct Partitioning: Sendable, Equatable {
  /// By schema and table.
  public let byTable: Bool
  /// By day, in UTC.
  public let byDate: Bool

  /// A division by table, by day, by both or by neither.
  public init(byTable: Bool, byDate: Bool) {
    self.byTable = byTable
    self.byDate = byDate
  }

  /// One file for all rows.
  public static let none = Partitioning(byTable: false, byDate: false)

  /// True if there can be more than one file.
  public var isActive: Bool { byTable || byDate }

  private static let secondsOfDay: UInt32 = 86_400

  /// The partition of rows of `table`, in this `version` of it, whose event has the `timestamp`, in seconds since 1970.
  func partition(of table: TableName, version: UInt64?, timestamp: UInt32) -> Partition {
    Partition(
      table: byTable ? table : nil, day: byDate ? timestamp / Self.secondsOfDay : nil, version: byTable ? version : nil)
  }
}
