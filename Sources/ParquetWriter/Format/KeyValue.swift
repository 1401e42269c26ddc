// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

/// `KeyValue`: one entry of the footer's free metadata.
///
/// | Id | Field | Type |
/// |---|---|---|
/// | 1 | key | string |
/// | 2 | value | string |
public struct KeyValue: Sendable, Equatable {
  /// The name, unique in a file.
  public let key: String
  /// The value.
  public let value: String

  /// An entry.
  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}

extension KeyValue: ThriftStruct {
  package func writeFields(to writer: inout CompactProtocolWriter) {
    writer.field(1, key)
    writer.field(2, value)
  }
}
