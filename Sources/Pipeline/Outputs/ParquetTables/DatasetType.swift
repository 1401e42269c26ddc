import BinlogParser
import ParquetWriter

/// Type of a column in a table's dataset: few and wide, so that common ALTERs change nothing, and none that a common engine cannot
/// read.
package enum DatasetType: Hashable, Sendable {
  case boolean
  case int64
  /// Up to 18 digits, `scale` of them after the point.
  case decimal64(scale: UInt8)
  /// Up to `precision` digits, at most 38, `scale` of them after the point.
  case decimal128(precision: UInt8, scale: UInt8)
  case float
  case double
  case date
  /// A date and a time of day without a time zone, in microseconds.
  case dateTime
  /// A moment, in microseconds.
  case timestamp
  case string
  case binary
  /// A list of numbers.
  case floats
}

extension DatasetType {
  /// The type that holds every value of the column `description`, which is read by `plan`, or all but those that
  /// `_cdc_raw` keeps.
  package init(_ plan: ColumnPlan, _ description: ColumnDescription) {
    switch plan.kind {
    case .int8, .uint8, .int16, .uint16, .int24, .uint24, .int32, .uint32, .int64, .year: self = .int64
    case .uint64: self = .decimal128(precision: Self.digitsOfUInt64, scale: 0)
    case .bit: self = Self.bit(description.parameters.first ?? 0)
    case .float: self = .float
    case .double: self = .double
    case .decimal: self = Self.decimal(plan.decimal)
    case .date: self = .date
    case .dateTime, .oldDateTime: self = .dateTime
    case .timestamp, .oldTimestamp: self = .timestamp
    case .binary, .geometry: self = .binary
    case .vector: self = .floats
    case .compressed: self = plan.content == .binary ? .binary : .string
    case .time, .oldTime, .text, .textOrBinary, .enumeration, .set, .json, .uuid, .inet4, .inet6, .unsupported:
      self = .string
    }
  }

  private static var digitsOfUInt64: UInt8 { 20 }

  private static func bit(_ count: Int) -> DatasetType {
    switch count {
    case 1: .boolean
    case 64: .decimal128(precision: digitsOfUInt64, scale: 0)
    default: .int64
    }
  }

  private static func decimal(_ decimal: NewDecimal?) -> DatasetType {
    guard let decimal else { return .string }
    switch decimal.precision {
    case ...NewDecimal.maxPrecisionOfInt64: return .decimal64(scale: decimal.scale)
    case ...NewDecimal.maxPrecisionOfInt128:
      return .decimal128(precision: NewDecimal.maxPrecisionOfInt128, scale: decimal.scale)
    default: return .string
    }
  }

  /// A word for the type, which stands behind a column's name where another type has the name already: `amount__string`.
  package var word: String {
    switch self {
    case .boolean: "boolean"
    case .int64: "bigint"
    case .decimal64(let scale): "decimal_\(NewDecimal.maxPrecisionOfInt64)_\(scale)"
    case .decimal128(let precision, let scale): "decimal_\(precision)_\(scale)"
    case .float: "float"
    case .double: "double"
    case .date: "date"
    case .dateTime: "datetime"
    case .timestamp: "timestamp"
    case .string: "string"
    case .binary: "binary"
    case .floats: "floats"
    }
  }

  /// The node of a file's schema for an optional column of the type.
  func node(_ name: String, fieldID: Int32, hasBloomFilter: Bool) -> SchemaNode {
    guard self != .floats else {
      return ListColumn<Float>.node(name, fieldID: fieldID, element: ColumnDescriptor("element", .float, .required))
    }
    var column = ColumnDescriptor(
      name, physicalType, .optional, logicalType: logicalType, encoding: .smallest, bounds: bounds, fieldID: fieldID)
    column.hasBloomFilter = hasBloomFilter && canHaveBloomFilter
    return .column(column)
  }

  /// A filter of two values excludes none, and one of floating point numbers tells -0.0 from 0.0, which are equal.
  private var canHaveBloomFilter: Bool {
    switch self {
    case .boolean, .float, .double, .floats: false
    default: true
    }
  }

  private var physicalType: PhysicalType {
    switch self {
    case .boolean: .boolean
    case .int64, .decimal64, .dateTime, .timestamp: .int64
    case .decimal128: .fixedLenByteArray(length: 16)
    case .float, .floats: .float
    case .double: .double
    case .date: .int32
    case .string, .binary: .byteArray
    }
  }

  private var logicalType: LogicalType? {
    switch self {
    case .decimal64(let scale): .decimal(precision: Int32(NewDecimal.maxPrecisionOfInt64), scale: Int32(scale))
    case .decimal128(let precision, let scale): .decimal(precision: Int32(precision), scale: Int32(scale))
    case .date: .date
    case .dateTime: .localMicroseconds
    case .timestamp: .utcMicroseconds
    case .string: .string
    case .boolean, .int64, .float, .double, .binary, .floats: nil
    }
  }

  private var bounds: BoundsRule {
    switch self {
    case .string: .truncated
    case .binary: .none
    default: .exact
    }
  }
}

extension DatasetType {
  /// The type that `word` says; nil for another word.
  package init?(word: String) {
    let parts = word.split(separator: "_")
    if parts.count == 3, parts[0] == "decimal", let precision = UInt8(parts[1]), let scale = UInt8(parts[2]) {
      switch precision {
      case UInt8(NewDecimal.maxPrecisionOfInt64): self = .decimal64(scale: scale)
      case ...UInt8(NewDecimal.maxPrecisionOfInt128): self = .decimal128(precision: precision, scale: scale)
      default: return nil
      }
      return
    }
    guard let type = Self.plainTypes.first(where: { $0.word == word }) else { return nil }
    self = type
  }

  private static var plainTypes: [DatasetType] {
    [.boolean, .int64, .float, .double, .date, .dateTime, .timestamp, .string, .binary, .floats]
  }
}
