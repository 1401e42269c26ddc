// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

/// One column of a flat schema.
public struct ColumnDescriptor: Sendable, Equatable {
  /// The name, unique in the schema.
  public let name: String
  /// How values are stored.
  public let type: PhysicalType
  /// True if the column can hold nulls.
  public let repetition: FieldRepetitionType
  /// What the values mean; nil for nothing beyond `type`.
  public let logicalType: LogicalType?
  /// The encoding to use where it is smaller than PLAIN. A column builder that does not know it uses PLAIN.
  public let encoding: Encoding
  /// True if column chunks tell their smallest and largest value.
  public let hasBounds: Bool

  /// A column.
  public init(
    _ name: String, _ type: PhysicalType, _ repetition: FieldRepetitionType, logicalType: LogicalType? = nil,
    encoding: Encoding = .plain, hasBounds: Bool = true
  ) {
    self.name = name
    self.type = type
    self.repetition = repetition
    self.logicalType = logicalType
    self.encoding = encoding
    self.hasBounds = hasBounds
  }
}

/// A flat schema: columns without nesting.
public struct Schema: Sendable, Equatable {
  /// The columns in their order.
  public let columns: [ColumnDescriptor]

  /// A schema of `columns`.
  public init(_ columns: [ColumnDescriptor]) {
    self.columns = columns
  }

  /// The schema tree, depth first.
  package var elements: [SchemaElement] {
    [.root(name: "schema", childCount: Int32(clamping: columns.count))] + columns.map { .leaf($0) }
  }
}
