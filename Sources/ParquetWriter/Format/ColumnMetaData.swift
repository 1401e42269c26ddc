// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

/// `ColumnMetaData`: where the pages of a column chunk are and what they hold.
///
/// | Id | Field | Type |
/// |---|---|---|
/// | 1 | type | i32 Type |
/// | 2 | encodings | list of i32 Encoding |
/// | 3 | path_in_schema | list of string |
/// | 4 | codec | i32 CompressionCodec |
/// | 5 | num_values | i64, nulls and empty lists included |
/// | 6 | total_uncompressed_size | i64, page headers included |
/// | 7 | total_compressed_size | i64, page headers included |
/// | 9 | data_page_offset | i64 from the start of the file |
/// | 11 | dictionary_page_offset | i64 from the start of the file |
/// | 12 | statistics | struct |
/// | 13 | encoding_stats | list of PageEncodingStats |
/// | 14 | bloom_filter_offset | i64 from the start of the file |
/// | 15 | bloom_filter_length | i32 |
package struct ColumnMetaData: ThriftStruct, Sendable {
  package let leaf: SchemaLeaf
  package let codec: CompressionCodec
  package let valueCount: Int
  package let statistics: Statistics
  package let pages: EncodedPages
  var bloomFilter: FileRange?

  /// True if an entry has a value.
  var hasValues: Bool { valueCount > statistics.nullCount }

  package func writeFields(to writer: inout CompactProtocolWriter) {
    writer.field(1, leaf.column.type.code)
    writer.field(2, list: pages.encodings(hasLevels: leaf.hasLevels))
    writer.field(3, list: leaf.path)
    writer.field(4, codec)
    writer.field(5, Int64(valueCount))
    writer.field(6, Int64(pages.uncompressedSize))
    writer.field(7, Int64(pages.compressedSize))
    writer.field(9, Int64(pages.firstDataPageOffset))
    if let offset = pages.dictionaryPageOffset { writer.field(11, Int64(offset)) }
    writer.field(12, statistics)
    writer.field(13, list: pages.encodingStats)
    guard let bloomFilter else { return }
    writer.field(14, Int64(bloomFilter.offset))
    writer.field(15, Int32(clamping: bloomFilter.length))
  }
}
