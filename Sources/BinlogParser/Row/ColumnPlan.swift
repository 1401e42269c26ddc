import Bytes

/// How to read one column's value from a row image: compiled once for each table map, so that no metadata is looked at
/// again for any cell.
public struct ColumnPlan: Sendable, BitwiseCopyable {
  /// The shape of a value's bytes, and what they mean.
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    case int8, uint8, int16, uint16, int24, uint24, int32, uint32, int64, uint64
    case float, double, decimal, year
    case date, dateTime, timestamp, time
    case oldDateTime, oldTimestamp, oldTime
    /// Bytes in a known character set.
    case text
    /// Bytes that are no text.
    case binary
    /// Bytes of which the table map does not tell whether they are text.
    case textOrBinary
    case enumeration, set, bit
    case json, geometry, vector
    /// Of MariaDB, logged as BINARY.
    case uuid, inet4, inet6
    /// Bytes compressed by MariaDB; `content` says what they are once decompressed.
    case compressed
    /// No value of this type can be read.
    case unsupported
  }

  /// What the value is.
  public var kind: Kind
  /// True if a value may be NULL.
  public private(set) var isNullable = true
  /// What the bytes of a `compressed` value are: `text`, `binary` or `textOrBinary`.
  public private(set) var content = Kind.textOrBinary
  /// The type in the table map, for messages.
  public let type: ColumnType
  /// Bytes of the length before a string; bytes of an ENUM, a SET or a BIT; fraction digits of a temporal value.
  public var width: Int32 = 0
  /// Bytes of each value; -1 where a length of `width` bytes stands before it, and -2 where no value can be read.
  @usableFromInline private(set) var byteCount: Int32 = -2
  /// BINARY(n): the n bytes to which the value is filled up with zeros.
  public var paddedCount: Int32 = 0
  /// DECIMAL's digits.
  public var decimal: NewDecimal?
  /// The text's character set.
  public var characterSet = CharacterSet.utf8mb4
  /// Where the labels of an ENUM or a SET begin among the table's labels, and how many are known.
  @usableFromInline var firstLabel: Int32 = 0, labelCount: Int32 = 0

  /// Where the labels of an ENUM or a SET lie among the table's labels, as far as they are known.
  @usableFromInline var labels: Range<Int> {
    @inlinable get { Int(firstLabel)..<Int(firstLabel) + Int(labelCount) }
    set { (firstLabel, labelCount) = (Int32(newValue.lowerBound), Int32(newValue.count)) }
  }

  /// Compiles the column `definition`.
  init(_ definition: ColumnDefinition, isUnsigned: Bool, isNullable: Bool) {
    type = definition.type
    self.isNullable = isNullable
    kind = .unsupported
    compile(definition, isUnsigned: isUnsigned)
    byteCount = storedByteCount
  }

  private var storedByteCount: Int32 {
    switch kind {
    case .int8, .uint8, .year: 1
    case .int16, .uint16: 2
    case .int24, .uint24, .date, .oldTime: 3
    case .int32, .uint32, .float, .oldTimestamp: 4
    case .int64, .uint64, .double, .oldDateTime: 8
    case .decimal: Int32(decimal?.byteCount ?? 0)
    case .enumeration, .set, .bit: width
    case .dateTime: 5 + (width + 1) / 2
    case .timestamp: 4 + (width + 1) / 2
    case .time: 3 + (width + 1) / 2
    case .text, .binary, .textOrBinary, .compressed, .json, .geometry, .vector, .uuid, .inet4, .inet6: -1
    case .unsupported: -2
    }
  }

  private mutating func compile(_ definition: ColumnDefinition, isUnsigned: Bool) {
    switch definition.type {
    case .tiny: kind = isUnsigned ? .uint8 : .int8
    case .short: kind = isUnsigned ? .uint16 : .int16
    case .int24: kind = isUnsigned ? .uint24 : .int24
    case .long: kind = isUnsigned ? .uint32 : .int32
    case .longLong: kind = isUnsigned ? .uint64 : .int64
    case .float: kind = .float
    case .double: kind = .double
    case .newDecimal:
      decimal = try? NewDecimal(precision: definition.precision, scale: definition.scale)
      kind = decimal == nil ? .unsupported : .decimal
    case .year: kind = .year
    case .date, .newDate: kind = .date
    case .dateTime2: temporal(.dateTime, definition)
    case .timestamp2: temporal(.timestamp, definition)
    case .time2: temporal(.time, definition)
    case .dateTime: kind = .oldDateTime
    case .timestamp: kind = .oldTimestamp
    case .time: kind = .oldTime
    default: compileBytes(definition)
    }
  }

  private mutating func compileBytes(_ definition: ColumnDefinition) {
    switch definition.type {
    case .varchar, .varString, .string:
      kind = .textOrBinary
      width = definition.size > 255 ? 2 : 1
    case .blob, .tinyBlob, .mediumBlob, .longBlob: lengthPrefixed(.textOrBinary, definition)
    case .varcharCompressed:
      kind = .compressed
      width = definition.size > 255 ? 2 : 1
    case .blobCompressed: lengthPrefixed(.compressed, definition)
    case .json: lengthPrefixed(.json, definition)
    case .geometry: lengthPrefixed(.geometry, definition)
    case .vector: lengthPrefixed(.vector, definition)
    case .typedArray:
      kind = .json
      width = 4
    case .enumeration: labelled(.enumeration, definition, widths: 1...2)
    case .set: labelled(.set, definition, widths: 1...8)
    case .bit:
      kind = (1...64).contains(definition.size) ? .bit : .unsupported
      width = Int32((definition.size + 7) / 8)
    default: kind = .unsupported
    }
  }

  private mutating func temporal(_ kind: Kind, _ definition: ColumnDefinition) {
    self.kind = definition.size <= 6 ? kind : .unsupported
    width = Int32(definition.size)
  }

  private mutating func lengthPrefixed(_ kind: Kind, _ definition: ColumnDefinition) {
    self.kind = (1...4).contains(definition.size) ? kind : .unsupported
    width = Int32(definition.size)
  }

  private mutating func labelled(_ kind: Kind, _ definition: ColumnDefinition, widths: ClosedRange<Int>) {
    self.kind = widths.contains(definition.size) ? kind : .unsupported
    width = Int32(definition.size)
  }

  /// Says what the bytes of a string column are.
  mutating func setCharacterSet(_ characterSet: CharacterSet, _ definition: ColumnDefinition) {
    guard kind == .textOrBinary || kind == .compressed else { return }
    self.characterSet = characterSet
    guard kind != .compressed else { return content = characterSet.isBinary ? .binary : .text }
    kind = characterSet.isBinary ? .binary : .text
    if kind == .binary, definition.type == .string { paddedCount = Int32(definition.size) }
  }

  /// Says that a BINARY or VARBINARY is of a type that the log does not tell.
  mutating func become(_ type: MariaDBType) {
    switch type {
    case .vector: kind = .vector
    case .uuid: kind = .uuid
    case .inet4: kind = .inet4
    case .inet6: kind = .inet6
    }
  }

  /// The type's name in SQL, as text mode shows it.
  public var typeName: StaticString {
    switch type {
    case .varchar where kind == .vector: "VECTOR"
    case .string where kind == .uuid: "UUID"
    case .string where kind == .inet4: "INET4"
    case .string where kind == .inet6: "INET6"
    case .varchar, .varString: kind == .binary ? "VARBINARY" : "VARCHAR"
    case .string: kind == .binary ? "BINARY" : "CHAR"
    case .blob, .tinyBlob, .mediumBlob, .longBlob: blobName
    default: type.name
    }
  }

  private var blobName: StaticString {
    let isText = kind == .text
    return switch width {
    case 1: isText ? "TINYTEXT" : "TINYBLOB"
    case 2: isText ? "TEXT" : "BLOB"
    case 3: isText ? "MEDIUMTEXT" : "MEDIUMBLOB"
    default: isText ? "LONGTEXT" : "LONGBLOB"
    }
  }
}

extension ColumnType {
  /// The type's name in SQL, where the code alone tells.
  var name: StaticString {
    switch self {
    case .decimal, .newDecimal: "DECIMAL"
    case .tiny: "TINYINT"
    case .short: "SMALLINT"
    case .int24: "MEDIUMINT"
    case .long: "INT"
    case .longLong: "BIGINT"
    case .float: "FLOAT"
    case .double: "DOUBLE"
    case .timestamp, .timestamp2: "TIMESTAMP"
    case .date, .newDate: "DATE"
    case .time, .time2: "TIME"
    case .dateTime, .dateTime2: "DATETIME"
    case .year: "YEAR"
    case .bit: "BIT"
    case .json, .typedArray: "JSON"
    case .enumeration: "ENUM"
    case .set: "SET"
    case .geometry: "GEOMETRY"
    case .vector: "VECTOR"
    case .varcharCompressed: "VARCHAR COMPRESSED"
    case .blobCompressed: "BLOB COMPRESSED"
    default: "UNKNOWN"
    }
  }
}
