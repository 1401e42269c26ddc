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
  @usableFromInline var sections: PageSections
  /// Where the length prefix of the open value stands.
  @usableFromInline var valueStart = 0

  /// An empty column with room for `capacity` bytes. Its pages are of one size each, and that is not much above `pageSize` but for
  /// values that are larger.
  public init(capacity: Int = 1 << 16, pageSize: Int = WriterProperties.defaultPageSize) {
    values = OutputBuffer(capacity: capacity)
    sections = PageSections(pageSize: pageSize)
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
  @inlinable @inline(__always)
  public mutating func endValue() throws(ParquetError) {
    let length = values.count &- valueStart &- 4
    guard length <= WriterProperties.valueSizeLimit else { throw cancelLargeValue(length) }
    values.overwriteLittleEndian(UInt32(truncatingIfNeeded: length), at: valueStart)
    validity.appendValues()
    if sections.isFull(values.count) { sections.close(at: end) }
  }

  @usableFromInline
  mutating func cancelLargeValue(_ byteCount: Int) -> ParquetError {
    cancelValue()
    return .valueTooLarge(bytes: byteCount)
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
    sections.removeAll()
  }

  /// The place behind the last row.
  @usableFromInline var end: PageSections.Mark {
    PageSections.Mark(
      rows: validity.rowCount, entries: validity.rowCount, values: validity.valueCount, bytes: values.count)
  }
}

extension ByteArrayColumn: FlatColumn {
  /// BYTE_ARRAY.
  public var type: PhysicalType { .byteArray }

  /// Calls `body` with the places of the nulls.
  public func withValidity<Result>(_ body: (borrowing Validity) -> Result) -> Result { body(validity) }

  /// The dictionary where asked for, of text for all values and else as far as it reaches, or PLAIN; with pages of the sections
  /// that were marked while the column was filled.
  public func plan(for descriptor: ColumnDescriptor, properties: WriterProperties) -> ColumnChunkPlan {
    var plan = ColumnChunkPlan(pages: sections.pages(to: end))
    guard descriptor.encoding.canBeDictionary else { return plan }
    plan.dictionary =
      descriptor.encoding == .wholeDictionary
      ? PlainDictionary.all(values.bytes, valueCount: validity.valueCount)
      : PlainDictionary.make(
        values.bytes, width: nil, valueCount: validity.valueCount, sizeLimit: properties.dictionaryPageSizeLimit)
    let served = descriptor.isText ? plan.pages.last : plan.pages.first
    if let served, plan.encoding(of: served) == .plain { plan.dictionary = nil }
    return plan
  }

  /// Appends the values of one page.
  public func appendValues(of page: PageRange, plan: ColumnChunkPlan, to output: inout OutputBuffer) {
    if let dictionary = plan.dictionary(for: page) {
      RLEDictionary.append(dictionary.indices[page.values], bitWidth: dictionary.bitWidth, to: &output)
    } else {
      output.append(values.bytes.extracting(page.bytes))
    }
  }

  /// The values of one page that is in PLAIN, as they were rendered.
  @_lifetime(borrow self)
  public func storedValues(of page: PageRange, plan: ColumnChunkPlan) -> RawSpan {
    plan.encoding(of: page) == .plain ? values.bytes.extracting(page.bytes) : RawSpan()
  }

  /// The bounds of one page.
  public func bounds(
    of page: PageRange, for descriptor: ColumnDescriptor, properties: WriterProperties
  ) -> Statistics.Bounds? {
    guard descriptor.bounds != .none else { return nil }
    var bounds = ByteArrayBounds(sizeLimit: properties.boundSizeLimit)
    var cursor = ByteCursor(values.bytes.extracting(page.bytes))
    while let length = try? cursor.uint32("length"), let value = try? cursor.bytes(Int(length), "value") {
      bounds.include(value)
    }
    return bounds.bounds(descriptor.bounds)
  }

  /// Calls `body` with all values.
  public func withPlainValues(_ body: (RawSpan, _ width: Int?) -> Void) { body(values.bytes, nil) }
}
