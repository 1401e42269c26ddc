/// The type code of a column in a TABLE_MAP event.
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html>.
public struct ColumnType: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  /// The code on the wire.
  public let rawValue: UInt8

  /// The column type with this code.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  static let decimal = ColumnType(rawValue: 0)
  static let tiny = ColumnType(rawValue: 1)
  static let short = ColumnType(rawValue: 2)
  static let long = ColumnType(rawValue: 3)
  static let float = ColumnType(rawValue: 4)
  static let double = ColumnType(rawValue: 5)
  static let null = ColumnType(rawValue: 6)
  static let timestamp = ColumnType(rawValue: 7)
  static let longLong = ColumnType(rawValue: 8)
  static let int24 = ColumnType(rawValue: 9)
  static let date = ColumnType(rawValue: 10)
  static let time = ColumnType(rawValue: 11)
  static let dateTime = ColumnType(rawValue: 12)
  static let year = ColumnType(rawValue: 13)
  static let newDate = ColumnType(rawValue: 14)
  static let varchar = ColumnType(rawValue: 15)
  static let bit = ColumnType(rawValue: 16)
  static let timestamp2 = ColumnType(rawValue: 17)
  static let dateTime2 = ColumnType(rawValue: 18)
  static let time2 = ColumnType(rawValue: 19)
  static let typedArray = ColumnType(rawValue: 20)
  static let blobCompressed = ColumnType(rawValue: 140)
  static let varcharCompressed = ColumnType(rawValue: 141)
  /// TYPED_ARRAY as MySQL 8.0.17 numbered it.
  static let typedArray8017 = ColumnType(rawValue: 244)
  static let vector = ColumnType(rawValue: 242)
  static let json = ColumnType(rawValue: 245)
  static let newDecimal = ColumnType(rawValue: 246)
  static let enumeration = ColumnType(rawValue: 247)
  static let set = ColumnType(rawValue: 248)
  static let tinyBlob = ColumnType(rawValue: 249)
  static let mediumBlob = ColumnType(rawValue: 250)
  static let longBlob = ColumnType(rawValue: 251)
  static let blob = ColumnType(rawValue: 252)
  static let varString = ColumnType(rawValue: 253)
  static let string = ColumnType(rawValue: 254)
  static let geometry = ColumnType(rawValue: 255)

  /// True if it is TIME, DATETIME or TIMESTAMP as they were before MySQL 5.6.
  var isOldTemporal: Bool { self == .time || self == .dateTime || self == .timestamp }

  /// True if SIGNEDNESS has a bit for columns of this type.
  var isNumeric: Bool {
    switch self {
    case .tiny, .short, .int24, .long, .longLong, .newDecimal, .float, .double, .year: true
    default: false
    }
  }

  /// True if DEFAULT_CHARSET and COLUMN_CHARSET count columns of this type. ENUM and SET have fields of their own.
  ///
  /// MySQL 9 counts VECTOR, and MariaDB GEOMETRY, as BLOBs with the collation `binary`.
  func hasCollation(isMariaDB: Bool) -> Bool {
    switch self {
    case .string, .varString, .varchar, .blob, .tinyBlob, .mediumBlob, .longBlob, .blobCompressed, .varcharCompressed,
      .vector:
      true
    case .geometry: isMariaDB
    default: false
    }
  }
}
