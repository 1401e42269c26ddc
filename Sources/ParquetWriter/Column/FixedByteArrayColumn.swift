import Bytes

/// A column of byte arrays of one width, such as decimals: two's complement, most significant byte first.
///
/// Appending is amortised O(1).
public struct FixedByteArrayColumn: ~Copyable, Sendable {
  /// Bytes of a value.
  public let width: Int
  @usableFromInline var values: OutputBuffer
  @usableFromInline var validity = Validity()

  /// An empty column of values of `width` bytes, with room for `capacity` of them.
  @inlinable
  public init(width: Int, capacity: Int = 1024) {
    precondition(width > 0, "values without bytes")
    self.width = width
    values = OutputBuffer(capacity: capacity * width)
  }

  /// Rows, nulls included.
  @inlinable public var rowCount: Int { validity.rowCount }
  /// Bytes of the values in memory.
  @inlinable public var byteCount: Int { values.count }

  /// Adds a value, in a column of 16 bytes.
  @inlinable
  public mutating func append(_ value: Int128) {
    precondition(width == 16, "a decimal of another width")
    values.appendLittleEndian(value.bigEndian)
    validity.appendValues()
  }

  /// Adds a value, which has the width of the column.
  @inlinable
  public mutating func append(_ value: RawSpan) {
    precondition(value.byteCount == width, "a value of another width")
    values.append(value)
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

extension FixedByteArrayColumn: FlatColumn {
  /// FIXED_LEN_BYTE_ARRAY of the column's width.
  public var type: PhysicalType { .fixedLenByteArray(length: Int32(clamping: width)) }

  /// Calls `body` with the places of the nulls.
  public func withValidity<Result>(_ body: (borrowing Validity) -> Result) -> Result { body(validity) }

  /// The dictionary where asked for and smaller, as far as it reaches, else PLAIN.
  public func plan(for descriptor: ColumnDescriptor, properties: WriterProperties) -> ColumnChunkPlan {
    var plan = ColumnChunkPlan(pages: validity.pages(rowLimit: max(1, properties.pageSize / width)))
    guard descriptor.encoding.canBeDictionary, let first = plan.pages.first else { return plan }
    plan.dictionary = PlainDictionary.make(
      values.bytes, width: width, valueCount: validity.valueCount, sizeLimit: properties.dictionaryPageSizeLimit)
    if plan.encoding(of: first) == .plain { plan.dictionary = nil }
    return plan
  }

  /// Appends the values of one page.
  public func appendValues(of page: PageRange, plan: ColumnChunkPlan, to output: inout OutputBuffer) {
    if let dictionary = plan.dictionary(for: page) {
      RLEDictionary.append(dictionary.indices[page.values], bitWidth: dictionary.bitWidth, to: &output)
    } else {
      output.append(storedValues(of: page, plan: plan))
    }
  }

  /// The values of one page that is in PLAIN, as they were rendered.
  @_lifetime(borrow self)
  public func storedValues(of page: PageRange, plan: ColumnChunkPlan) -> RawSpan {
    guard plan.encoding(of: page) == .plain else { return RawSpan() }
    return values.bytes.extracting(page.values.lowerBound * width..<page.values.upperBound * width)
  }

  /// Calls `body` with all values.
  public func withPlainValues(_ body: (RawSpan, _ width: Int?) -> Void) { body(values.bytes, width) }

  /// The bounds of one page.
  public func bounds(
    of page: PageRange, for descriptor: ColumnDescriptor, properties: WriterProperties
  ) -> Statistics.Bounds? {
    guard descriptor.bounds != .none, !page.values.isEmpty else { return nil }
    let isSigned = descriptor.logicalType?.isDecimal ?? false
    let bytes = values.bytes.extracting(page.values.lowerBound * width..<page.values.upperBound * width)
    if width == 16 { return Self.bounds(ofWords: bytes, isSigned: isSigned) }
    var smallest = bytes.extracting(first: width)
    var largest = smallest
    for start in stride(from: width, to: bytes.byteCount, by: width) {
      let value = bytes.extracting(start..<start + width)
      if value.precedes(smallest, isSigned: isSigned) { smallest = value }
      if largest.precedes(value, isSigned: isSigned) { largest = value }
    }
    return Statistics.Bounds(min: smallest.array, max: largest.array)
  }

  /// The bounds of values of 16 bytes, each of which is one number.
  private static func bounds(ofWords bytes: RawSpan, isSigned: Bool) -> Statistics.Bounds {
    let sign: UInt128 = isSigned ? 1 << 127 : 0
    var smallest = UInt128.max
    var largest: UInt128 = 0
    for start in stride(from: 0, to: bytes.byteCount, by: 16) {
      let words = bytes.twoWords(at: start)
      let key = (UInt128(words.x.byteSwapped) << 64 | UInt128(words.y.byteSwapped)) ^ sign
      smallest = Swift.min(smallest, key)
      largest = Swift.max(largest, key)
    }
    return Statistics.Bounds(min: Self.bytes(smallest ^ sign), max: Self.bytes(largest ^ sign))
  }

  private static func bytes(_ word: UInt128) -> [UInt8] {
    (0..<16).map { UInt8(truncatingIfNeeded: word >> UInt128(120 - 8 * $0)) }
  }
}

extension RawSpan {
  /// True if these bytes come before `other` of the same width; signed numbers have their sign in the first bit.
  fileprivate func precedes(_ other: RawSpan, isSigned: Bool) -> Bool {
    let sign: UInt8 = isSigned ? 0x80 : 0
    let (first, otherFirst) = (self[byteAt: 0] ^ sign, other[byteAt: 0] ^ sign)
    return first == otherFirst ? precedes(other) : first < otherFirst
  }
}
