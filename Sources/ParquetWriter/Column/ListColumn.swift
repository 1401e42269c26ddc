import Bytes

/// A column of lists of numbers, any of which can be null, while their elements cannot.
///
/// It stands at `optional group <name> (LIST) { repeated group list { required <type> element } }`.
public struct ListColumn<Value: PlainValue>: ~Copyable, Sendable {
  private var entries: NestedColumn<NumericColumn<Value>>

  private static var null: EntryLevels { EntryLevels(repetition: 0, definition: 0) }
  private static var empty: EntryLevels { EntryLevels(repetition: 0, definition: 1) }
  private static var first: EntryLevels { EntryLevels(repetition: 0, definition: 2) }
  private static var next: EntryLevels { EntryLevels(repetition: 1, definition: 2) }

  /// An empty column with room for `capacity` elements.
  public init(capacity: Int = 1024, pageSize: Int = WriterProperties.defaultPageSize) {
    entries = NestedColumn(NumericColumn(capacity: capacity), optional: 1, repeated: 1, pageSize: pageSize)
  }

  /// The node of the schema at which such a column stands.
  public static func node(_ name: String, fieldID: Int32? = nil, element: ColumnDescriptor) -> SchemaNode {
    .list(name, .optional, fieldID: fieldID, element: .column(element))
  }

  /// Rows, nulls included.
  public var rowCount: Int { entries.rowCount }
  /// Bytes of the values in memory.
  public var byteCount: Int { entries.byteCount }

  /// Adds a list of `elements` in PLAIN: the bytes of one after the other, least significant first.
  public mutating func append(_ elements: RawSpan) {
    let count = elements.byteCount / MemoryLayout<Value.Bits>.size
    entries.appendEntries(count == 0 ? Self.empty : Self.first)
    entries.appendEntries(Self.next, count: count - 1)
    entries.values.append(plain: elements)
  }

  /// Adds a null instead of a list.
  public mutating func appendNull() {
    entries.appendEntries(Self.null)
  }

  /// Forgets all rows. Memory beyond `limit` bytes is given back.
  public mutating func removeAll(shrinkingTo limit: Int = .max) {
    entries.removeAll(shrinkingTo: limit)
  }
}

extension ListColumn: ParquetColumn {
  /// The physical type of the elements.
  public var type: PhysicalType { Value.physicalType }
  /// Elements, nulls and empty lists included.
  public var levelCount: Int { entries.levelCount }
  /// Null and empty lists.
  public var nullCount: Int { entries.nullCount }

  /// True at the element of a list that can be null, while the element cannot.
  public func fits(_ leaf: SchemaLeaf) -> Bool { entries.fits(leaf) }

  /// As the elements have it, with pages of whole lists.
  public func plan(for descriptor: ColumnDescriptor, properties: WriterProperties) -> ColumnChunkPlan {
    entries.plan(for: descriptor, properties: properties)
  }

  /// The bounds of one page.
  public func bounds(
    of page: PageRange, for descriptor: ColumnDescriptor, properties: WriterProperties
  ) -> Statistics.Bounds? {
    entries.bounds(of: page, for: descriptor, properties: properties)
  }

  /// Calls `body` with all values.
  public func withPlainValues(_ body: (RawSpan, _ width: Int?) -> Void) { entries.withPlainValues(body) }

  /// Appends repetition and definition levels.
  public func appendLevels(of page: PageRange, leaf: SchemaLeaf, to output: inout OutputBuffer) {
    entries.appendLevels(of: page, leaf: leaf, to: &output)
  }

  /// Appends the elements of one page.
  public func appendValues(of page: PageRange, plan: ColumnChunkPlan, to output: inout OutputBuffer) {
    entries.appendValues(of: page, plan: plan, to: &output)
  }
}
