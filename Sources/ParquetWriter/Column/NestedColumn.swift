import Bytes

/// A column below lists, maps or optional groups: values, and levels that say where in the nesting each of them stands.
///
/// For each entry the caller appends its levels, and its value to `values` where it has one, which is where its definition
/// level is the largest.
public struct NestedColumn<Values: FlatColumn & ~Copyable>: ~Copyable, Sendable {
  /// The values of the entries that have one.
  public var values: Values
  /// Rows.
  public private(set) var rowCount = 0
  private var levels = LevelRuns()
  private var valueCount = 0
  private var sections: PageSections
  private let maxima: EntryLevels

  /// An empty column, of a leaf with `optional` optional and `repeated` repeated nodes on its path.
  public init(
    _ values: consuming Values, optional: Int, repeated: Int, pageSize: Int = WriterProperties.defaultPageSize
  ) {
    self.values = values
    maxima = EntryLevels(repetition: repeated, definition: optional + repeated)
    sections = PageSections(pageSize: pageSize)
  }

  /// Adds `count` entries of the same levels; each is a row of its own where `entry` begins one.
  public mutating func appendEntries(_ entry: EntryLevels, count: Int = 1) {
    precondition(entry.repetition <= maxima.repetition && entry.definition <= maxima.definition, "levels out of range")
    guard count > 0 else { return }
    if entry.repetition == 0 {
      if sections.isFull(values.byteCount) { sections.close(at: end) }
      rowCount += count
    }
    levels.append(entry, count: count)
    if entry.definition == maxima.definition { valueCount += count }
  }

  /// Bytes of the values in memory.
  public var byteCount: Int { values.byteCount }

  /// Forgets all rows. Memory beyond `limit` bytes is given back.
  public mutating func removeAll(shrinkingTo limit: Int = .max) {
    values.removeAll(shrinkingTo: limit)
    levels.removeAll(shrinkingTo: limit)
    sections.removeAll()
    rowCount = 0
    valueCount = 0
  }

  private var end: PageSections.Mark {
    PageSections.Mark(rows: rowCount, entries: levels.count, values: valueCount, bytes: values.byteCount)
  }
}

extension NestedColumn: ParquetColumn where Values: ~Copyable {
  /// The physical type of the values.
  public var type: PhysicalType { values.type }
  /// Entries, nulls and empty lists included.
  public var levelCount: Int { levels.count }
  /// Entries without a value.
  public var nullCount: Int { levels.count - valueCount }

  /// True at a leaf as deep as the column was made for, and while each entry has its value.
  public func fits(_ leaf: SchemaLeaf) -> Bool {
    leaf.maxRepetitionLevel == Int(maxima.repetition) && leaf.maxDefinitionLevel == Int(maxima.definition)
      && values.rowCount == valueCount && values.nullCount == 0
  }

  /// As the values have it, with pages of whole rows.
  public func plan(for descriptor: ColumnDescriptor, properties: WriterProperties) -> ColumnChunkPlan {
    var plan = values.plan(for: descriptor, properties: properties)
    plan.pages = sections.pages(to: end)
    // Differences need a first value.
    if plan.pages.contains(where: { $0.values.isEmpty }) { plan.encoding = .plain }
    return plan
  }

  /// The bounds of one page.
  public func bounds(
    of page: PageRange, for descriptor: ColumnDescriptor, properties: WriterProperties
  ) -> Statistics.Bounds? {
    values.bounds(of: page, for: descriptor, properties: properties)
  }

  /// Calls `body` with all values.
  public func withPlainValues(_ body: (RawSpan, _ width: Int?) -> Void) { values.withPlainValues(body) }

  /// Appends repetition and definition levels.
  public func appendLevels(of page: PageRange, leaf: SchemaLeaf, to output: inout OutputBuffer) {
    Levels.append(page.entries, of: levels, for: leaf, to: &output)
  }

  /// Appends the values of one page.
  public func appendValues(of page: PageRange, plan: ColumnChunkPlan, to output: inout OutputBuffer) {
    values.appendValues(of: page, plan: plan, to: &output)
  }

  /// The values of one page, if the column holds just these bytes.
  @_lifetime(borrow self)
  public func storedValues(of page: PageRange, plan: ColumnChunkPlan) -> RawSpan {
    values.storedValues(of: page, plan: plan)
  }
}
