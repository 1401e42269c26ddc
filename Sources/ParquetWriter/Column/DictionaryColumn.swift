import Bytes

/// A column of byte arrays that repeat, such as names: each distinct value is stored once.
///
/// A caller that writes the same value again and again asks for its index once and appends the index. Indices are good
/// until `removeAll`.
public struct DictionaryColumn: ~Copyable, Sendable {
  /// Beyond so many distinct values no more are looked for; the column then has no dictionary page.
  package static let entryLimit = 1 << 15

  /// The distinct values in PLAIN, and where the bytes of each start and end.
  private var entries: OutputBuffer
  private var entryRanges: [Range<Int>] = []
  private var entryIndices: [[UInt8]: UInt32] = [:]
  @usableFromInline var indices: [UInt32] = []
  @usableFromInline var validity = Validity()

  /// An empty column.
  public init() {
    entries = OutputBuffer(capacity: 1024)
  }

  /// Rows, nulls included.
  @inlinable public var rowCount: Int { validity.rowCount }
  /// Bytes of the dictionary.
  package var entryByteCount: Int { entries.count }
  /// Entries of the dictionary.
  package var entryCount: Int { entryRanges.count }
  /// Bytes in memory for the values.
  public var byteCount: Int { entries.count + indices.count * MemoryLayout<UInt32>.size }

  /// The index of `value`, which becomes an entry of the dictionary if it is new.
  ///
  /// Throws `valueTooLarge` for a value that no page can hold.
  public mutating func index(of value: RawSpan) throws(ParquetError) -> UInt32 {
    guard value.byteCount <= WriterProperties.valueSizeLimit else { throw .valueTooLarge(bytes: value.byteCount) }
    if let last = indices.last, entry(last).isEqual(to: value) { return last }
    let key = value.array
    if let index = entryIndices[key] { return index }
    let index = UInt32(truncatingIfNeeded: entryRanges.count)
    entries.appendLittleEndian(UInt32(truncatingIfNeeded: value.byteCount))
    entryRanges.append(entries.count..<entries.count + value.byteCount)
    entries.append(value)
    if entryRanges.count <= Self.entryLimit { entryIndices[key] = index }
    return index
  }

  /// Adds the value with this index, which `index(of:)` must have given since the last `removeAll`.
  @inlinable
  public mutating func append(index: UInt32) {
    indices.append(index)
    validity.appendValues()
  }

  /// Adds `text` to `count` rows, or a null. Throws `valueTooLarge` for a text that no page can hold.
  public mutating func append(_ text: String?, count: Int) throws(ParquetError) {
    guard count > 0 else { return }
    guard let text else {
      for _ in 0..<count { appendNull() }
      return
    }
    let index = try index(of: OutputBuffer(utf8: text).bytes)
    indices.append(contentsOf: repeatElement(index, count: count))
    validity.appendValues(count)
  }

  /// Adds a value. Throws `valueTooLarge` for a value that no page can hold.
  public mutating func append(_ value: RawSpan) throws(ParquetError) {
    append(index: try index(of: value))
  }

  /// Adds a null.
  @inlinable
  public mutating func appendNull() {
    validity.appendNull()
  }

  /// Forgets all rows and entries. Memory beyond `limit` bytes is given back.
  public mutating func removeAll(shrinkingTo limit: Int = .max) {
    entries.removeAll(shrinkingTo: limit)
    entryRanges.removeAll(keepingCapacity: true)
    entryIndices.removeAll(keepingCapacity: true)
    indices.removeAll(keepingCapacity: indices.count * MemoryLayout<UInt32>.size <= limit)
    validity.removeAll()
  }

  @_lifetime(borrow self)
  private func entry(_ index: UInt32) -> RawSpan {
    entries.bytes.extracting(entryRanges[Int(index)])
  }
}

extension DictionaryColumn: FlatColumn {
  /// BYTE_ARRAY.
  public var type: PhysicalType { .byteArray }

  /// Calls `body` with the places of the nulls.
  public func withValidity<Result>(_ body: (borrowing Validity) -> Result) -> Result { body(validity) }

  /// The dictionary where asked for, else PLAIN, also when there are too many entries for one that need not be whole.
  public func plan(for descriptor: ColumnDescriptor, properties: WriterProperties) -> ColumnChunkPlan {
    let isSmall = entryRanges.count <= Self.entryLimit && entries.count <= properties.dictionaryPageSizeLimit
    let isWanted = descriptor.encoding.canBeDictionary && (isSmall || descriptor.encoding == .wholeDictionary)
    let hasDictionary = isWanted && !entryRanges.isEmpty
    let dictionary = ColumnChunkPlan.Dictionary(
      entries: entries.array, entryCount: entryRanges.count, indices: indices)
    return ColumnChunkPlan(
      dictionary: hasDictionary ? dictionary : nil,
      pages: pageRanges(pageSize: properties.pageSize, isPlain: !hasDictionary))
  }

  /// Pages near `pageSize`: of the bytes of the values in PLAIN, or of the indices before packing.
  private func pageRanges(pageSize: Int, isPlain: Bool) -> [PageRange] {
    guard isPlain || indices.count * MemoryLayout<UInt32>.size >= pageSize else {
      return [PageRange(rows: 0..<rowCount, values: 0..<indices.count)]
    }
    var pages: [PageRange] = []
    var page = PageRange(rows: 0..<0, values: 0..<0)
    var size = 0
    func close() {
      pages.append(page)
      let (row, value) = (page.rows.upperBound, page.values.upperBound)
      page = PageRange(rows: row..<row, values: value..<value)
      size = 0
    }
    validity.forEachRun(in: 0..<rowCount) { isValid, count in
      guard isValid else { return page = page.extended(rows: count, values: 0) }
      for _ in 0..<count {
        size += isPlain ? entryRanges[Int(indices[page.values.upperBound])].count + 4 : MemoryLayout<UInt32>.size
        page = page.extended(rows: 1, values: 1)
        if size >= pageSize { close() }
      }
    }
    if !page.rows.isEmpty { close() }
    return pages
  }

  /// Appends the values of one page, as indices or in PLAIN.
  public func appendValues(of page: PageRange, plan: ColumnChunkPlan, to output: inout OutputBuffer) {
    if let dictionary = plan.dictionary {
      return RLEDictionary.append(dictionary.indices[page.values], bitWidth: dictionary.bitWidth, to: &output)
    }
    for index in indices[page.values] {
      let range = entryRanges[Int(index)]
      output.append(entries.bytes.extracting(range.lowerBound - 4..<range.upperBound))
    }
  }

  /// The bounds of one page. An entry that no row has does not count.
  public func bounds(
    of page: PageRange, for descriptor: ColumnDescriptor, properties: WriterProperties
  ) -> Statistics.Bounds? {
    guard descriptor.bounds != .none else { return nil }
    var isUsed = [Bool](repeating: false, count: entryRanges.count)
    for index in indices[page.values] { isUsed[Int(index)] = true }
    var bounds = ByteArrayBounds(sizeLimit: properties.boundSizeLimit)
    for (range, isUsed) in zip(entryRanges, isUsed) where isUsed { bounds.include(entries.bytes.extracting(range)) }
    return bounds.bounds(descriptor.bounds)
  }

  /// Calls `body` with all entries.
  public func withPlainValues(_ body: (RawSpan, _ width: Int?) -> Void) { body(entries.bytes, nil) }
}

extension PageRange {
  fileprivate func extended(rows: Int, values: Int) -> PageRange {
    PageRange(
      rows: self.rows.lowerBound..<self.rows.upperBound + rows,
      values: self.values.lowerBound..<self.values.upperBound + values)
  }
}
