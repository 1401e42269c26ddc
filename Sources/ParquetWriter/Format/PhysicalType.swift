// `Type` of https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

/// `Type`: how the values of a column are stored.
public enum PhysicalType: Int32, Sendable {
  /// 32-bit integer.
  case int32 = 1
  /// 64-bit integer.
  case int64 = 2
  /// IEEE 754, 64 bits.
  case double = 5
  /// Bytes of any length.
  case byteArray = 6
}
