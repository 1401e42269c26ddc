import Bytes

/// A column of a batch: appended to by one thread, then encoded page by page, several pages at once.
///
/// The builders are the `FlatColumn`s, and `NestedColumn` and `ListColumn` for lists, maps and optional groups.
public protocol ParquetColumn: ~Copyable, Sendable {
  /// The physical type of the values.
  var type: PhysicalType { get }
  /// Rows, nulls included.
  var rowCount: Int { get }
  /// Values, nulls and empty lists included: what levels are for.
  var levelCount: Int { get }
  /// Entries without a value.
  var nullCount: Int { get }
  /// Tells whether the column can stand at `leaf`, as to its levels.
  func fits(_ leaf: SchemaLeaf) -> Bool
  /// Decides how the column becomes a column chunk: encoding, dictionary and pages.
  func plan(for descriptor: ColumnDescriptor, properties: WriterProperties) -> ColumnChunkPlan
  /// The smallest and the largest value of one page, where the column tells them.
  func bounds(of page: PageRange, for descriptor: ColumnDescriptor, properties: WriterProperties) -> Statistics.Bounds?
  /// Calls `body` with values in PLAIN, none of which is missing, and their width; nil for those with their length before them.
  func withPlainValues(_ body: (RawSpan, _ width: Int?) -> Void)
  /// Appends the levels of one page; none where `leaf` has none.
  func appendLevels(of page: PageRange, leaf: SchemaLeaf, to output: inout OutputBuffer)
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

/// A column with a value or a null in each row, so that its levels are all said by the places of the nulls.
///
/// The builders are `NumericColumn`, `BooleanColumn`, `ByteArrayColumn`, `FixedByteArrayColumn` and `DictionaryColumn`.
public protocol FlatColumn: ParquetColumn, ~Copyable {
  /// Bytes of the values in memory.
  var byteCount: Int { get }
  /// Calls `body` with the places of the nulls.
  func withValidity<Result>(_ body: (borrowing Validity) -> Result) -> Result
  /// Forgets all rows. Memory beyond `limit` bytes is given back.
  mutating func removeAll(shrinkingTo limit: Int)
}

extension FlatColumn where Self: ~Copyable {
  /// Rows.
  public var levelCount: Int { rowCount }
  /// Rows without a value.
  public var nullCount: Int { withValidity { $0.nullCount } }

  /// True outside of lists and maps, where at most one node of the path is optional.
  public func fits(_ leaf: SchemaLeaf) -> Bool { leaf.maxRepetitionLevel == 0 && leaf.maxDefinitionLevel <= 1 }

  /// Appends 1 for a value and 0 for a null.
  public func appendLevels(of page: PageRange, leaf: SchemaLeaf, to output: inout OutputBuffer) {
    guard leaf.hasLevels else { return }
    withValidity { Levels.append(page.rows, of: $0, to: &output) }
  }
}

/// The rows and values of one data page.
public struct PageRange: Sendable, Equatable {
  /// Rows, nulls included, counted from the start of the column.
  package let rows: Range<Int>
  /// Entries, nulls and empty lists included, counted from the start of the column.
  package let entries: Range<Int>
  /// Values, nulls not included, counted from the start of the column.
  package let values: Range<Int>
  /// Bytes of the values in the column's own buffer, where that has values of any length.
  package let bytes: Range<Int>

  /// A page; without `entries`, of a column that has one in each row.
  init(rows: Range<Int>, entries: Range<Int>? = nil, values: Range<Int>, bytes: Range<Int> = 0..<0) {
    self.rows = rows
    self.entries = entries ?? rows
    self.values = values
    self.bytes = bytes
  }

  /// This page and the `next` one as one.
  func joined(with next: PageRange) -> PageRange {
    PageRange(
      rows: rows.lowerBound..<next.rows.upperBound, entries: entries.lowerBound..<next.entries.upperBound,
      values: values.lowerBound..<next.values.upperBound, bytes: bytes.lowerBound..<next.bytes.upperBound)
  }
}

/// Course of a column to its column chunk. Its pages can then be encoded in any order and on any thread.
public struct ColumnChunkPlan: Sendable {
  /// The encoding of the data pages that do not use the dictionary.
  package var encoding = Encoding.plain
  /// The dictionary page.
  package var dictionary: Dictionary?
  /// The data pages in order.
  package var pages: [PageRange]

  /// The dictionary, if all values of `page` are in it.
  func dictionary(for page: PageRange) -> Dictionary? {
    guard let dictionary, page.values.upperBound <= dictionary.indices.count else { return nil }
    return dictionary
  }

  /// Pages, that of the dictionary included.
  var encodedPageCount: Int { pages.count + (dictionary == nil ? 0 : 1) }

  /// The encoding of `page`.
  func encoding(of page: PageRange) -> Encoding { dictionary(for: page) == nil ? encoding : .rleDictionary }

  /// The content of a dictionary page, and what the data pages need.
  package struct Dictionary: Sendable {
    /// The entries in PLAIN.
    package let entries: [UInt8]
    /// Number of entries.
    package let entryCount: Int
    /// For each value of the column the index of its entry; values behind those, which found no room, have none.
    package let indices: [UInt32]

    /// Bits of an index.
    package var bitWidth: Int { RLEDictionary.bitWidth(entries: entryCount) }
  }
}
