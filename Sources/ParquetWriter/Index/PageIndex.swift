import Bytes

// https://github.com/apache/parquet-format/blob/master/PageIndex.md

/// Places and bounds of the pages of a column chunk, by which readers skip pages.
package struct PageIndex: Sendable {
  /// Where it stands in the file; nil for the column index where a page has values and no bounds.
  package struct Place: Sendable {
    var offsetIndex = FileRange()
    var columnIndex: FileRange?
  }

  private let offsetIndex: OffsetIndex
  private let columnIndex: ColumnIndex?

  /// The index of `pages`, which were written as `encoded`.
  init(
    _ pages: [PageRange], _ bounds: [Statistics.Bounds?], _ encoded: EncodedPages, _ column: ColumnDescriptor
  ) {
    var offset = encoded.firstDataPageOffset
    var locations: [PageLocation] = []
    for (page, size) in zip(pages, encoded.dataPageSizes) {
      locations.append(PageLocation(offset: offset, size: size, firstRow: page.rows.lowerBound))
      offset += size
    }
    offsetIndex = OffsetIndex(locations: locations)
    columnIndex = ColumnIndex(pages, bounds, column)
  }

  /// Bytes of the column index, where there is one.
  var encodedColumnIndex: OutputBuffer? { columnIndex.map { Self.encoded($0) } }
  /// Bytes of the offset index.
  var encodedOffsetIndex: OutputBuffer { Self.encoded(offsetIndex) }

  private static func encoded(_ value: some ThriftStruct) -> OutputBuffer {
    var writer = CompactProtocolWriter()
    writer.write(value)
    return writer.output
  }
}

/// Bytes of a file.
package struct FileRange: Sendable, Equatable {
  var offset = 0
  var length = 0
}

/// `OffsetIndex`: where the pages are.
///
/// | Id | Field | Type |
/// |---|---|---|
/// | 1 | page_locations | list of PageLocation |
private struct OffsetIndex: ThriftStruct, Sendable {
  let locations: [PageLocation]

  func writeFields(to writer: inout CompactProtocolWriter) { writer.field(1, list: locations) }
}

/// `PageLocation`.
///
/// | Id | Field | Type |
/// |---|---|---|
/// | 1 | offset | i64 from the start of the file |
/// | 2 | compressed_page_size | i32, header included |
/// | 3 | first_row_index | i64 in the row group |
private struct PageLocation: ThriftStruct, Sendable {
  let offset: Int
  let size: Int
  let firstRow: Int

  func writeFields(to writer: inout CompactProtocolWriter) {
    writer.field(1, Int64(offset))
    writer.field(2, Int32(clamping: size))
    writer.field(3, Int64(firstRow))
  }
}

/// `ColumnIndex`: what the pages hold.
///
/// | Id | Field | Type |
/// |---|---|---|
/// | 1 | null_pages | list of bool: pages without values |
/// | 2 | min_values | list of binary, empty for null pages |
/// | 3 | max_values | list of binary, empty for null pages |
/// | 4 | boundary_order | i32: 0 none, 1 ascending, 2 descending |
/// | 5 | null_counts | list of i64 |
private struct ColumnIndex: ThriftStruct, Sendable {
  private let bounds: [Statistics.Bounds?]
  private let nullCounts: [Int]
  private let order: Int32

  /// Nil where a page has values and no bounds.
  init?(_ pages: [PageRange], _ bounds: [Statistics.Bounds?], _ column: ColumnDescriptor) {
    for (page, bounds) in zip(pages, bounds) where bounds == nil && !page.values.isEmpty { return nil }
    self.bounds = bounds
    nullCounts = pages.map { $0.entries.count - $0.values.count }
    let known = bounds.compactMap { $0 }
    let steps = zip(known, known.dropFirst())
    if steps.allSatisfy({ !column.precedes($1.min, $0.min) && !column.precedes($1.max, $0.max) }) {
      order = 1
    } else {
      order = steps.allSatisfy { !column.precedes($0.min, $1.min) && !column.precedes($0.max, $1.max) } ? 2 : 0
    }
  }

  func writeFields(to writer: inout CompactProtocolWriter) {
    writer.field(1, list: bounds.map { $0 == nil })
    writer.field(2, list: bounds.map { $0?.min ?? [] })
    writer.field(3, list: bounds.map { $0?.max ?? [] })
    writer.field(4, order)
    writer.field(5, list: nullCounts.map { Int64($0) })
  }
}
