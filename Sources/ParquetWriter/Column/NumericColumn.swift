import Bytes

/// A column of 32-bit integers.
public typealias Int32Column = NumericColumn<Int32>
/// A column of 64-bit integers.
public typealias Int64Column = NumericColumn<Int64>
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

extension NumericColumn: ParquetColumn {
  /// The physical type of the values.
  public var type: PhysicalType { Value.physicalType }

  /// Calls `body` with the places of the nulls.
  public func withValidity<Result>(_ body: (borrowing Validity) -> Result) -> Result { body(validity) }

  /// Dictionary or differences where asked for and smaller, else PLAIN.
  public func plan(for descriptor: ColumnDescriptor, properties: WriterProperties) -> ColumnChunkPlan {
    let plain = PlainValues<Value>(values.bytes)
    let isUnsigned = descriptor.logicalType?.isUnsignedInteger ?? false
    let bounds = descriptor.hasBounds ? plain.bounds(isUnsigned: isUnsigned) : nil
    let pages = pageRanges(valueLimit: max(1, properties.pageSize / MemoryLayout<Value.Bits>.size))
    var encoding = Encoding.plain
    var dictionary: ColumnChunkPlan.Dictionary?
    if descriptor.encoding == .rleDictionary {
      dictionary = plain.dictionary(limit: properties.dictionaryPageSizeLimit)
      if dictionary != nil { encoding = .rleDictionary }
    } else if descriptor.encoding == .deltaBinaryPacked, canUseDifferences {
      encoding = .deltaBinaryPacked
    }
    return ColumnChunkPlan(encoding: encoding, dictionary: dictionary, pages: pages, bounds: bounds)
  }

  /// Not with nulls: they can leave a page without any value, and fastparquet 2026.9 crashes on such a page.
  private var canUseDifferences: Bool {
    Value.physicalType != .double && validity.nullCount == 0
      && DeltaBinaryPacked.fits(PlainValues<Value>(values.bytes))
  }

  private func pageRanges(valueLimit: Int) -> [PageRange] {
    var pages: [PageRange] = []
    var row = 0
    var value = 0
    while row < rowCount {
      let end = min(rowCount, row + valueLimit)
      let count = validity.valueCount(in: row..<end)
      pages.append(PageRange(rows: row..<end, values: value..<value + count, bytes: 0..<0))
      row = end
      value += count
    }
    return pages
  }

  /// Appends the values of one page in the plan's encoding.
  public func appendValues(of page: PageRange, plan: ColumnChunkPlan, to output: inout OutputBuffer) {
    if let dictionary = plan.dictionary {
      RLEDictionary.append(dictionary.indices[page.values], bitWidth: dictionary.bitWidth, to: &output)
    } else if plan.encoding == .deltaBinaryPacked {
      DeltaBinaryPacked.append(PlainValues<Value>(values.bytes), in: page.values, to: &output)
    } else {
      let size = MemoryLayout<Value.Bits>.size
      output.append(values.bytes.extracting(page.values.lowerBound * size..<page.values.upperBound * size))
    }
  }
}
