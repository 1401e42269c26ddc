// `Type` of https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

/// `Type`: how the values of a column are stored.
public enum PhysicalType: Sendable, Equatable {
  /// One bit.
  case boolean
  /// 32-bit integer.
  case int32
  /// 64-bit integer.
  case int64
  /// IEEE 754, 32 bits.
  case float
  /// IEEE 754, 64 bits.
  case double
  /// Bytes of any length.
  case byteArray
  /// Bytes of one length.
  case fixedLenByteArray(length: Int32)

  /// The number in the file.
  package var code: Int32 {
    switch self {
    case .boolean: 0
    case .int32: 1
    case .int64: 2
    case .float: 4
    case .double: 5
    case .byteArray: 6
    case .fixedLenByteArray: 7
    }
  }

  /// `type_length`: bytes of each value, where the schema tells them.
  package var length: Int32? {
    if case .fixedLenByteArray(let length) = self { length } else { nil }
  }
}
