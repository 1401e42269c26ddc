// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

/// `ColumnChunk`: a column in a row group.
///
/// | Id | Field | Type |
/// |---|---|---|
/// | 2 | file_offset | i64, no longer used: 0 |
/// | 3 | meta_data | struct ColumnMetaData |
/// | 4 | offset_index_offset | i64 from the start of the file |
/// | 5 | offset_index_length | i32 |
/// | 6 | column_index_offset | i64 from the start of the file |
/// | 7 | column_index_length | i32 |
package struct ColumnChunk: ThriftStruct, Sendable {
  package var metaData: ColumnMetaData
  /// The page index, which is written behind all row groups.
  let pageIndex: PageIndex?
  var pageIndexPlace: PageIndex.Place?

  package func writeFields(to writer: inout CompactProtocolWriter) {
    writer.field(2, Int64(0))
    writer.field(3, metaData)
    guard let pageIndexPlace else { return }
    writer.field(4, Int64(pageIndexPlace.offsetIndex.offset))
    writer.field(5, Int32(clamping: pageIndexPlace.offsetIndex.length))
    guard let columnIndex = pageIndexPlace.columnIndex else { return }
    writer.field(6, Int64(columnIndex.offset))
    writer.field(7, Int32(clamping: columnIndex.length))
  }
}
