/// Nulls and bounds of a column in a whole file.
public struct ColumnStatistics: Sendable, Equatable {
  private let leaf: SchemaLeaf
  /// Rows without a value.
  public private(set) var nullCount = 0
  /// The smallest and the largest value, or bounds beyond them; nil where there is no value, or where they are not known.
  public private(set) var bounds: Statistics.Bounds?
  /// True if a row group has values and no bounds.
  private var isUnbounded = false

  /// A column without rows.
  init(_ leaf: SchemaLeaf) { self.leaf = leaf }

  /// The column itself.
  public var descriptor: ColumnDescriptor { leaf.column }
  /// True below a group: its entries are no rows.
  public var isNested: Bool { leaf.path.count > 1 }

  /// Adds the values of a row group.
  mutating func add(_ chunk: ColumnMetaData) {
    nullCount += chunk.statistics.nullCount
    guard chunk.hasValues, !isUnbounded else { return }
    guard let new = chunk.statistics.bounds else {
      isUnbounded = true
      return bounds = nil
    }
    bounds = bounds.map { leaf.column.joined($0, new) } ?? new
  }
}
