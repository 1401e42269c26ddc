import Bytes

/// A column of a batch: appended to by one thread, then encoded page by page, several pages at once.
///
/// The builders are `NumericColumn`, `ByteArrayColumn` and `DictionaryColumn`.
public protocol ParquetColumn: ~Copyable, Sendable {
  /// The physical type of the values.
  var type: PhysicalType { get }
  /// Rows, nulls included.
  var rowCount: Int { get }
  /// Calls `body` with the places of the nulls.
  func withValidity<Result>(_ body: (borrowing Validity) -> Result) -> Result
  /// Decides how the column becomes a column chunk: encoding, dictionary, pages and bounds.
  func plan(for descriptor: ColumnDescriptor, properties: WriterProperties) -> ColumnChunkPlan
  /// Appends the values of one page in the plan's encoding, without levels.
  func appendValues(of page: PageRange, plan: ColumnChunkPlan, to output: inout OutputBuffer)
  /// The values of one page in the plan's encoding, if the column holds just these bytes; else nothing.
  @_lifetime(borrow self)
  func storedValues(of page: PageRange, plan: ColumnChunkPlan) -> RawSpan
}

extension ParquetColumn where Self: ~Copyable {
  /// Nothing: the values have to be encoded.
  @_lifetime(borrow self)
  public func storedValues(of page: PageRange, plan: ColumnChunkPlan) -> RawSpan { RawSpan() }
}

/// The rows and values of one data page.
public struct PageRange: Sendable, Equatable {
  /// Rows, nulls included, counted from the start of the column.
  package let rows: Range<Int>
  /// Values, nulls not included, counted from the start of the column.
  package let values: Range<Int>
  /// Bytes of the values in the column's own buffer, where that has values of any length.
  package let bytes: Range<Int>

  /// This page and the `next` one as one.
  func joined(with next: PageRange) -> PageRange {
    PageRange(
      rows: rows.lowerBound..<next.rows.upperBound, values: values.lowerBound..<next.values.upperBound,
      bytes: bytes.lowerBound..<next.bytes.upperBound)
  }
}

/// How a column becomes a column chunk. Its pages can then be encoded in any order and on any thread.
public struct ColumnChunkPlan: Sendable {
  /// The encoding of the data pages.
  package let encoding: Encoding
  /// The dictionary page, where `encoding` is RLE_DICTIONARY.
  package let dictionary: Dictionary?
  /// The data pages in order.
  package let pages: [PageRange]
  /// The smallest and the largest value, where the column tells them.
  package let bounds: Statistics.Bounds?

  /// The content of a dictionary page, and what the data pages need.
  package struct Dictionary: Sendable {
    /// The entries in PLAIN.
    package let entries: [UInt8]
    /// Number of entries.
    package let entryCount: Int
    /// For each value of the column the index of its entry.
    package let indices: [UInt32]

    /// Bits of an index.
    package var bitWidth: Int { RLEDictionary.bitWidth(entries: entryCount) }
  }
}
