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
  /// Where the section that is being filled starts.
  @usableFromInline var sectionStart = Mark(rows: 0, values: 0, bytes: 0)
  /// The sections before it, of which pages are made.
  @usableFromInline var sections: [PageRange] = []
  /// A section ends with the first value that brings it to so many bytes.
  @usableFromInline let sectionSize: Int

  private static let sectionsPerPage = 32
  /// Pages come in multiples of this, so that workers, up to eight, have the same to do.
  private static let pageCountUnit = 8

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

  /// An empty column with room for `capacity` bytes. Its pages are of one size each, and that is not much above `pageSize` but for
  /// values that are larger.
  public init(capacity: Int = 1 << 16, pageSize: Int = WriterProperties.defaultPageSize) {
    values = OutputBuffer(capacity: capacity)
    self.pageSize = max(1, pageSize)
    sectionSize = max(1, pageSize / Self.sectionsPerPage)
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
    if values.count &- sectionStart.bytes >= sectionSize { endSection() }
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
    sections.removeAll(keepingCapacity: true)
    sectionStart = Mark(rows: 0, values: 0, bytes: 0)
  }

  @usableFromInline
  mutating func endSection() {
    let section = openSection
    sections.append(section)
    sectionStart = Mark(
      rows: section.rows.upperBound, values: section.values.upperBound, bytes: section.bytes.upperBound)
  }

  private var openSection: PageRange {
    PageRange(
      rows: sectionStart.rows..<validity.rowCount, values: sectionStart.values..<validity.valueCount,
      bytes: sectionStart.bytes..<values.count)
  }

  /// The sections, put together to pages.
  private var pages: [PageRange] {
    let size = evenPageSize
    var pages: [PageRange] = []
    for section in openSection.rows.isEmpty ? sections : sections + [openSection] {
      if let last = pages.last, last.bytes.count < size || section.values.isEmpty {
        pages[pages.count - 1] = last.joined(with: section)
      } else {
        pages.append(section)
      }
    }
    return pages
  }

  /// The bytes of each page, if all are to have the same, and none more than `pageSize`.
  private var evenPageSize: Int {
    guard values.count > pageSize else { return pageSize }
    let units = (values.count - 1) / (pageSize * Self.pageCountUnit) + 1
    return (values.count - 1) / (units * Self.pageCountUnit) + 1
  }
}

extension ByteArrayColumn: ParquetColumn {
  /// BYTE_ARRAY.
  public var type: PhysicalType { .byteArray }

  /// Calls `body` with the places of the nulls.
  public func withValidity<Result>(_ body: (borrowing Validity) -> Result) -> Result { body(validity) }

  /// PLAIN, with pages of the sections that were marked while the column was filled.
  public func plan(for descriptor: ColumnDescriptor, properties: WriterProperties) -> ColumnChunkPlan {
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
