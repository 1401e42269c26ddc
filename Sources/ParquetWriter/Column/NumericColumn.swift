import Bytes

/// A column of 32-bit integers.
public typealias Int32Column = NumericColumn<Int32>
/// A column of 64-bit integers.
public typealias Int64Column = NumericColumn<Int64>
/// A column of 32-bit floating point numbers.
public typealias FloatColumn = NumericColumn<Float>
/// A column of 64-bit floating point numbers.
public typealias DoubleColumn = NumericColumn<Double>

/// A column of values of fixed width, which are kept as PLAIN bytes.
///
/// Appending is amortised O(1). Unsigned integers are appended by their bit pattern.
public struct NumericColumn<Value: PlainValue>: ~Copyable, Sendable {
  @usableFromInline var values: OutputBuffer
  @usableFromInline var validity = Validity()

  /// An empty column with room for `capacity` values.
  @inlinable
  public init(capacity: Int = 1024) {
    values = OutputBuffer(capacity: capacity * MemoryLayout<Value.Bits>.size)
  }

  /// Rows, nulls included.
  @inlinable public var rowCount: Int { validity.rowCount }
  /// Bytes of the values in memory.
  @inlinable public var byteCount: Int { values.count }

  /// Adds a value.
  @inlinable
  public mutating func append(_ value: Value) {
    values.appendLittleEndian(value.plainBits)
    validity.appendValues()
  }

  /// Adds `value` to `count` rows, or a null.
  @inlinable
  public mutating func append(_ value: Value?, count: Int) {
    guard let value else {
      for _ in 0..<count { appendNull() }
      return
    }
    values.reserve(count * MemoryLayout<Value.Bits>.size)
    for _ in 0..<count { values.appendLittleEndian(value.plainBits) }
    validity.appendValues(count)
  }

  /// Adds values in PLAIN: the bytes of one after the other, least significant first.
  public mutating func append(plain bytes: RawSpan) {
    let (count, rest) = bytes.byteCount.quotientAndRemainder(dividingBy: MemoryLayout<Value.Bits>.size)
    precondition(rest == 0, "a part of a value")
    values.append(bytes)
    validity.appendValues(count)
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
  }
}

extension NumericColumn: FlatColumn {
  /// The physical type of the values.
  public var type: PhysicalType { Value.physicalType }

  /// Calls `body` with the places of the nulls.
  public func withValidity<Result>(_ body: (borrowing Validity) -> Result) -> Result { body(validity) }

  /// Dictionary or differences where asked for and smaller, else PLAIN.
  public func plan(for descriptor: ColumnDescriptor, properties: WriterProperties) -> ColumnChunkPlan {
    let plain = PlainValues<Value>(values.bytes)
    let pages = validity.pages(rowLimit: max(1, properties.pageSize / MemoryLayout<Value.Bits>.size))
    var plan = ColumnChunkPlan(pages: pages)
    switch descriptor.encoding {
    case .plain: break
    case .rleDictionary, .wholeDictionary: plan.dictionary = plain.dictionary(limit: properties.dictionaryPageSizeLimit)
    // Not with nulls: they can leave a page without any value.
    case .deltaBinaryPacked:
      if validity.nullCount == 0, canUseDifferences(in: pages) { plan.encoding = .deltaBinaryPacked }
    case .smallest: chooseSmallest(&plan, properties)
    }
    return plan
  }

  /// The bounds of one page.
  public func bounds(
    of page: PageRange, for descriptor: ColumnDescriptor, properties: WriterProperties
  ) -> Statistics.Bounds? {
    guard descriptor.bounds != .none else { return nil }
    let plain = PlainValues<Value>(plainBytes(page))
    return plain.bounds(isUnsigned: descriptor.logicalType?.isUnsignedInteger ?? false)
  }

  /// Calls `body` with all values.
  public func withPlainValues(_ body: (RawSpan, _ width: Int?) -> Void) {
    body(values.bytes, MemoryLayout<Value.Bits>.size)
  }

  @_lifetime(borrow self)
  private func plainBytes(_ page: PageRange) -> RawSpan {
    let size = MemoryLayout<Value.Bits>.size
    return values.bytes.extracting(page.values.lowerBound * size..<page.values.upperBound * size)
  }

  /// Tells whether all readers understand the differences: fastparquet 2026.9 crashes on a page without any value.
  private func canUseDifferences(in pages: [PageRange]) -> Bool {
    !Value.isFloatingPoint && pages.allSatisfy { !$0.values.isEmpty }
      && DeltaBinaryPacked.fits(PlainValues<Value>(values.bytes))
  }

  private func chooseSmallest(_ plan: inout ColumnChunkPlan, _ properties: WriterProperties) {
    let plain = PlainValues<Value>(values.bytes)
    var size = values.count
    if canUseDifferences(in: plan.pages) {
      plan.encoding = .deltaBinaryPacked
      size = min(size, DeltaBinaryPacked.estimatedSize(plain))
      // A dictionary is hardly smaller than that.
      if size <= values.count / 16 { return }
    }
    let dictionary = plain.dictionary(limit: properties.dictionaryPageSizeLimit, givesUpEarly: true)
    guard let dictionary else { return }
    let indexSize = (dictionary.indices.count * dictionary.bitWidth + 7) / 8
    if dictionary.entries.count + indexSize < size { plan.dictionary = dictionary }
  }

  /// Appends the values of one page in the plan's encoding.
  public func appendValues(of page: PageRange, plan: ColumnChunkPlan, to output: inout OutputBuffer) {
    if let dictionary = plan.dictionary(for: page) {
      RLEDictionary.append(dictionary.indices[page.values], bitWidth: dictionary.bitWidth, to: &output)
    } else if plan.encoding == .deltaBinaryPacked {
      DeltaBinaryPacked.append(PlainValues<Value>(values.bytes), in: page.values, to: &output)
    } else {
      output.append(plainBytes(page))
    }
  }
}
