/// The type code of a column in a TABLE_MAP event.
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html>.
public struct ColumnType: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  /// The code on the wire.
  public let rawValue: UInt8

  /// The column type with this code.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// DECIMAL of MySQL 4.
  public static let decimal = ColumnType(rawValue: 0)
  /// TINYINT.
  public static let tiny = ColumnType(rawValue: 1)
  /// SMALLINT.
  public static let short = ColumnType(rawValue: 2)
  /// INT.
  public static let long = ColumnType(rawValue: 3)
  /// FLOAT.
  public static let float = ColumnType(rawValue: 4)
  /// DOUBLE.
  public static let double = ColumnType(rawValue: 5)
  /// NULL.
  public static let null = ColumnType(rawValue: 6)
  /// TIMESTAMP before MySQL 5.6.
  public static let timestamp = ColumnType(rawValue: 7)
  /// BIGINT.
  public static let longLong = ColumnType(rawValue: 8)
  /// MEDIUMINT.
  public static let int24 = ColumnType(rawValue: 9)
  /// DATE.
  public static let date = ColumnType(rawValue: 10)
  /// TIME before MySQL 5.6.
  public static let time = ColumnType(rawValue: 11)
  /// DATETIME before MySQL 5.6.
  public static let dateTime = ColumnType(rawValue: 12)
  /// YEAR.
  public static let year = ColumnType(rawValue: 13)
  /// DATE, within the server only.
  public static let newDate = ColumnType(rawValue: 14)
  /// VARCHAR and VARBINARY.
  public static let varchar = ColumnType(rawValue: 15)
  /// BIT.
  public static let bit = ColumnType(rawValue: 16)
  /// TIMESTAMP.
  public static let timestamp2 = ColumnType(rawValue: 17)
  /// DATETIME.
  public static let dateTime2 = ColumnType(rawValue: 18)
  /// TIME.
  public static let time2 = ColumnType(rawValue: 19)
  /// TYPED_ARRAY of a multi-valued index.
  public static let typedArray = ColumnType(rawValue: 20)
  /// Compressed BLOB and TEXT of MariaDB.
  public static let blobCompressed = ColumnType(rawValue: 140)
  /// Compressed VARCHAR and VARBINARY of MariaDB.
  public static let varcharCompressed = ColumnType(rawValue: 141)
  /// TYPED_ARRAY as MySQL 8.0.17 numbered it.
  public static let typedArray8017 = ColumnType(rawValue: 244)
  /// VECTOR.
  public static let vector = ColumnType(rawValue: 242)
  /// JSON.
  public static let json = ColumnType(rawValue: 245)
  /// DECIMAL.
  public static let newDecimal = ColumnType(rawValue: 246)
  /// ENUM.
  public static let enumeration = ColumnType(rawValue: 247)
  /// SET.
  public static let set = ColumnType(rawValue: 248)
  /// TINYBLOB and TINYTEXT.
  public static let tinyBlob = ColumnType(rawValue: 249)
  /// MEDIUMBLOB and MEDIUMTEXT.
  public static let mediumBlob = ColumnType(rawValue: 250)
  /// LONGBLOB and LONGTEXT.
  public static let longBlob = ColumnType(rawValue: 251)
  /// BLOB and TEXT of every size.
  public static let blob = ColumnType(rawValue: 252)
  /// VARCHAR within the server.
  public static let varString = ColumnType(rawValue: 253)
  /// CHAR and BINARY.
  public static let string = ColumnType(rawValue: 254)
  /// GEOMETRY.
  public static let geometry = ColumnType(rawValue: 255)

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
