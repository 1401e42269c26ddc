// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

/// `ColumnOrder`: the order in which `min_value` and `max_value` are the ends. Readers ignore both without it.
///
/// | Union field | Member |
/// |---|---|
/// | 1 | TYPE_ORDER: the natural order of the logical type, else of the physical type |
package enum ColumnOrder: ThriftStruct, Sendable {
  case typeOrder

  package func writeFields(to writer: inout CompactProtocolWriter) {
    switch self {
    case .typeOrder: writer.field(1, EmptyStruct())
    }
  }
}
