// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

/// `RowGroup`: a run of rows, with one column chunk for each column.
///
/// | Id | Field | Type |
/// |---|---|---|
/// | 1 | columns | list of ColumnChunk, in schema order |
/// | 2 | total_byte_size | i64, uncompressed, page headers included |
/// | 3 | num_rows | i64 |
/// | 5 | file_offset | i64: where the first page is |
/// | 6 | total_compressed_size | i64, page headers included |
package struct RowGroup: ThriftStruct, Sendable {
  package let columns: [ColumnChunk]
  package let rowCount: Int
  package let fileOffset: Int

  package func writeFields(to writer: inout CompactProtocolWriter) {
    writer.field(1, list: columns)
    writer.field(2, Int64(columns.reduce(0) { $0 + $1.metaData.pages.uncompressedSize }))
    writer.field(3, Int64(rowCount))
    writer.field(5, Int64(fileOffset))
    writer.field(6, Int64(columns.reduce(0) { $0 + $1.metaData.pages.compressedSize }))
  }
}
