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
///
/// Column chunks may stand anywhere in the file: one whose values come later is written later.
package struct RowGroup: ThriftStruct, Sendable {
  package private(set) var columns: [ColumnChunk]
  package let rowCount: Int
  package let fileOffset: Int
  /// Index of the column that is not written yet, and for which `columns` has none; nil for none.
  package private(set) var missingColumn: Int?

  /// A row group of `rowCount` rows that begins at `fileOffset`.
  package init(columns: [ColumnChunk], rowCount: Int, fileOffset: Int, missingColumn: Int? = nil) {
    self.columns = columns
    self.rowCount = rowCount
    self.fileOffset = fileOffset
    self.missingColumn = missingColumn
  }

  /// Takes the column that was missing.
  mutating func complete(_ column: ColumnChunk) {
    guard let index = missingColumn else { return }
    columns.insert(column, at: index)
    missingColumn = nil
  }

  /// True if its page indices are not written yet.
  var hasPageIndex: Bool { columns.contains { $0.pageIndex != nil } }

  /// Calls `write` with the index of each column that has one, to be told its place.
  mutating func placePageIndices(
    _ write: (PageIndex, inout PageIndex.Place) throws(ParquetError) -> Void
  ) throws(ParquetError) {
    for column in columns.indices {
      guard let index = columns[column].pageIndex else { continue }
      var place = columns[column].pageIndexPlace ?? PageIndex.Place()
      try write(index, &place)
      columns[column].pageIndexPlace = place
    }
  }

  package func writeFields(to writer: inout CompactProtocolWriter) {
    writer.field(1, list: columns)
    writer.field(2, Int64(columns.reduce(0) { $0 + $1.metaData.pages.uncompressedSize }))
    writer.field(3, Int64(rowCount))
    writer.field(5, Int64(fileOffset))
    writer.field(6, Int64(columns.reduce(0) { $0 + $1.metaData.pages.compressedSize }))
  }
}
