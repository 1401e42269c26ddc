// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

/// One column: a leaf of the schema.
public struct ColumnDescriptor: Sendable, Equatable {
  /// The name, unique among its neighbours.
  public let name: String
  /// How values are stored.
  public let type: PhysicalType
  /// How often a value occurs in a row or in the group around it.
  public let repetition: FieldRepetitionType
  /// Meaning of the values; nil for nothing beyond `type`.
  public let logicalType: LogicalType?
  /// The encoding to use where it is smaller than PLAIN. A column builder that does not know it uses PLAIN.
  public internal(set) var encoding: ColumnEncoding
  /// The smallest and the largest value that column chunks tell.
  public let bounds: BoundsRule
  /// Number by which readers find the column when its name changes.
  public let fieldID: Int32?
  /// True for a bloom filter in each row group, by which readers skip those without the value they look for.
  public var hasBloomFilter = false

  /// True for strings, which have a dictionary on all pages of a file or on none: fastparquet 2026.9 loses the values of those
  /// that have it on some.
  var isText: Bool { logicalType == .string }

  /// A column.
  public init(
    _ name: String, _ type: PhysicalType, _ repetition: FieldRepetitionType, logicalType: LogicalType? = nil,
    encoding: ColumnEncoding = .plain, bounds: BoundsRule = .exact, fieldID: Int32? = nil
  ) {
    self.name = name
    self.type = type
    self.repetition = repetition
    self.logicalType = logicalType
    self.encoding = encoding
    self.bounds = bounds
    self.fieldID = fieldID
  }
}

/// The encoding that a column asks for.
public enum ColumnEncoding: Sendable, Equatable {
  /// The values as they are, one after the other.
  case plain
  /// Indices into a dictionary, unless that is too large or numbers are smaller without.
  case rleDictionary
  /// Indices into a dictionary of all values, however large: that of text whose first row group has one.
  case wholeDictionary
  /// Differences of neighbours, bit-packed.
  case deltaBinaryPacked
  /// One of these, by their sizes.
  case smallest

  /// True if a dictionary may be tried.
  var canBeDictionary: Bool { self != .plain && self != .deltaBinaryPacked }
}

/// The smallest and the largest value that column chunks of a column tell.
public enum BoundsRule: Sendable, Equatable {
  /// Neither.
  case none
  /// Both as they are; none of them where one is too long.
  case exact
  /// Both, of text; where one is too long, a shorter one beyond it.
  case truncated
}
