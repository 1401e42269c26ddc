import Bytes

/// A column of booleans.
///
/// Appending is amortised O(1).
public struct BooleanColumn: ~Copyable, Sendable {
  /// A byte for each value, 0 or 1; pages have a bit.
  @usableFromInline var values: OutputBuffer
  @usableFromInline var validity = Validity()

  /// An empty column with room for `capacity` values.
  @inlinable
  public init(capacity: Int = 1024) {
    values = OutputBuffer(capacity: capacity)
  }

  /// Rows, nulls included.
  @inlinable public var rowCount: Int { validity.rowCount }
  /// Bytes of the values in memory.
  @inlinable public var byteCount: Int { values.count }

  /// Adds a value.
  @inlinable
  public mutating func append(_ value: Bool) {
    values.append(value ? 1 : 0)
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

extension BooleanColumn: FlatColumn {
  /// BOOLEAN.
  public var type: PhysicalType { .boolean }

  /// Calls `body` with the places of the nulls.
  public func withValidity<Result>(_ body: (borrowing Validity) -> Result) -> Result { body(validity) }

  /// PLAIN.
  public func plan(for descriptor: ColumnDescriptor, properties: WriterProperties) -> ColumnChunkPlan {
    ColumnChunkPlan(pages: validity.pages(rowLimit: 8 * max(1, properties.pageSize)))
  }

  /// Appends the values of one page, eight in a byte.
  public func appendValues(of page: PageRange, plan: ColumnChunkPlan, to output: inout OutputBuffer) {
    let bytes = values.bytes.extracting(page.values)
    output.reserve(bytes.byteCount / 8 + 1)
    var offset = 0
    while offset + 8 <= bytes.byteCount {
      let word = UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
      output.appendUnchecked(Self.packed(word))
      offset += 8
    }
    guard offset < bytes.byteCount else { return }
    var rest: UInt8 = 0
    for index in offset..<bytes.byteCount { rest |= bytes[byteAt: index] << UInt8(index - offset) }
    output.appendUnchecked(rest)
  }

  /// Nothing to look for: a filter of two values excludes none.
  public func withPlainValues(_ body: (RawSpan, _ width: Int?) -> Void) {}

  /// The lowest bits of eight bytes. The multiplication moves that of byte i, of bit 8 i, to bit 56 + i.
  private static func packed(_ word: UInt64) -> UInt8 {
    UInt8(truncatingIfNeeded: (word &* 0x0102_0408_1020_4080) >> 56)
  }

  /// The bounds of one page.
  public func bounds(
    of page: PageRange, for descriptor: ColumnDescriptor, properties: WriterProperties
  ) -> Statistics.Bounds? {
    guard descriptor.bounds != .none, !page.values.isEmpty else { return nil }
    var (smallest, largest): (UInt8, UInt8) = (1, 0)
    for index in page.values {
      smallest = min(smallest, values.bytes[byteAt: index])
      largest = max(largest, values.bytes[byteAt: index])
    }
    return Statistics.Bounds(min: [smallest], max: [largest])
  }
}
