// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

/// `ColumnChunk`: a column in a row group.
///
/// | Id | Field | Type |
/// |---|---|---|
/// | 2 | file_offset | i64, no longer used: 0 |
/// | 3 | meta_data | struct ColumnMetaData |
package struct ColumnChunk: ThriftStruct, Sendable {
  package let metaData: ColumnMetaData

  package func writeFields(to writer: inout CompactProtocolWriter) {
    writer.field(2, Int64(0))
    writer.field(3, metaData)
  }
}
