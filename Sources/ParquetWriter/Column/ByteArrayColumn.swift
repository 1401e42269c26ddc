import Bytes

/// A column of byte arrays, which the caller renders straight into the PLAIN bytes of the page to be.
///
/// A value is written between `beginValue` and `endValue`, by appending to `values`. Its length prefix is filled in at the
/// end, so that a value is never copied one by one.
public struct ByteArrayColumn: ~Copyable, Sendable {
  /// The values in PLAIN. Between `beginValue` and `endValue` the caller appends the bytes of the value, and nothing else
  /// ever changes them.
  public var values: OutputBuffer
  @usableFromInline var validity = Validity()
  @usableFromInline let pageSize: Int
  /// Where the length prefix of the open value stands.
  @usableFromInline var valueStart = 0
  /// Where the page that is being filled starts.
  @usableFromInline var pageStart = Mark(rows: 0, values: 0, bytes: 0)
  @usableFromInline var fullPages: [PageRange] = []

  /// A place between two rows.
  @usableFromInline
  struct Mark: Sendable {
    @usableFromInline var rows: Int
    @usableFromInline var values: Int
    @usableFromInline var bytes: Int

    @usableFromInline
    init(rows: Int, values: Int, bytes: Int) {
      self.rows = rows
      self.values = values
      self.bytes = bytes
    }
  }

  /// An empty column with room for `capacity` bytes. A page ends with the first value that brings it to `pageSize` bytes.
  public init(capacity: Int = 1 << 16, pageSize: Int = WriterProperties.defaultPageSize) {
    values = OutputBuffer(capacity: capacity)
    self.pageSize = max(1, pageSize)
  }

  /// Rows, nulls included.
  @inlinable public var rowCount: Int { validity.rowCount }
  /// Bytes of the values in memory.
  @inlinable public var byteCount: Int { values.count }

  /// Opens a value.
  @inlinable
  public mutating func beginValue() {
    valueStart = values.count
    values.appendLittleEndian(UInt32(0))
  }

  /// Closes the value that `beginValue` opened.
  ///
  /// Throws `valueTooLarge` for a value that no page can hold; the value is then gone.
  @inlinable
  public mutating func endValue() throws(ParquetError) {
    let length = values.count &- valueStart &- 4
    guard length <= WriterProperties.valueSizeLimit else {
      cancelValue()
      throw .valueTooLarge(bytes: length)
    }
    values.overwriteLittleEndian(UInt32(truncatingIfNeeded: length), at: valueStart)
    validity.appendValues()
    if values.count &- pageStart.bytes >= pageSize { endPage() }
  }

  /// Forgets the value that `beginValue` opened.
  @inlinable
  public mutating func cancelValue() {
    values.truncate(to: valueStart)
  }

  /// Adds a whole value.
  public mutating func append(_ value: RawSpan) throws(ParquetError) {
    beginValue()
    values.append(value)
    try endValue()
  }

  /// Adds a null.
  @inlinable
  public mutating func appendNull() {
    validity.appendNull()
  }

  /// Forgets all rows. Memory beyond `limit` bytes is given back.
  public mutating func removeAll(shrinkingTo limit: Int = .max) {
    values.removeAll(shrinkingTo: limit)
    validity.removeAll()
    fullPages.removeAll(keepingCapacity: true)
    pageStart = Mark(rows: 0, values: 0, bytes: 0)
  }

  @usableFromInline
  mutating func endPage() {
    let page = openPage
    fullPages.append(page)
    pageStart = Mark(rows: page.rows.upperBound, values: page.values.upperBound, bytes: page.bytes.upperBound)
  }

  private var openPage: PageRange {
    PageRange(
      rows: pageStart.rows..<validity.rowCount, values: pageStart.values..<validity.valueCount,
      bytes: pageStart.bytes..<values.count)
  }
}

extension ByteArrayColumn: ParquetColumn {
  /// BYTE_ARRAY.
  public var type: PhysicalType { .byteArray }

  /// Calls `body` with the places of the nulls.
  public func withValidity<Result>(_ body: (borrowing Validity) -> Result) -> Result { body(validity) }

  /// PLAIN, with the pages that were marked while the column was filled.
  public func plan(for descriptor: ColumnDescriptor, properties: WriterProperties) -> ColumnChunkPlan {
    let pages = openPage.rows.isEmpty ? fullPages : fullPages + [openPage]
    let bounds = descriptor.hasBounds ? bounds(sizeLimit: properties.boundSizeLimit) : nil
    return ColumnChunkPlan(encoding: .plain, dictionary: nil, pages: pages, bounds: bounds)
  }

  /// Appends the values of one page.
  public func appendValues(of page: PageRange, plan: ColumnChunkPlan, to output: inout OutputBuffer) {
    output.append(values.bytes.extracting(page.bytes))
  }

  /// The values of one page: they were rendered in PLAIN.
  @_lifetime(borrow self)
  public func storedValues(of page: PageRange, plan: ColumnChunkPlan) -> RawSpan {
    values.bytes.extracting(page.bytes)
  }

  private func bounds(sizeLimit: Int) -> Statistics.Bounds? {
    var bounds = ByteArrayBounds(sizeLimit: sizeLimit)
    var cursor = ByteCursor(values.bytes)
    while let length = try? cursor.uint32("length"), let value = try? cursor.bytes(Int(length), "value") {
      bounds.include(value)
    }
    return bounds.bounds
  }
}
