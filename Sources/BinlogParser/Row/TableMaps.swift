import Bytes

/// The table maps that rows events may refer to.
///
/// The server repeats a TABLE_MAP before each statement; one that says the same as the last under its number is not
/// compiled again. Numbers are given anew after a restart of the server, so each file starts with none.
struct TableMaps: Sendable {
  private struct Entry: Sendable {
    let body: [UInt8]
    /// The table, where it was looked up.
    let key: TableKey?
    /// Nil for a table that the filter excludes, or whose columns nothing describes.
    let plan: TablePlan?
    /// "schema.table", where the filter includes the table and nothing describes its columns.
    var undescribed: String?
    var generation: Int

    /// Bytes of memory, roughly.
    var weight: Int { body.count + 256 + (plan?.weight ?? 0) }
  }

  /// What a rows event's table id leads to.
  enum Lookup {
    case included(TablePlan)
    /// A table that the filter includes, "schema.table", whose TABLE_MAP does not describe its columns.
    case undescribed(String)
    case excluded
    case unknown
  }

  /// More entries than this are dropped once no statement is under way.
  private static let entryLimit = 4096

  private let filter: TableFilter
  private let columnNames: ColumnNames
  private var lookup: ColumnLookup?
  private var entries: [UInt64: Entry] = [:]
  private var generation = 0
  /// Bytes of all entries, roughly.
  private var weight = 0

  /// The binlog file in which the events stand.
  var file = ""

  /// No table maps yet.
  init(filter: TableFilter, columnNames: ColumnNames) {
    self.filter = filter
    self.columnNames = columnNames
    if case .lookup(let sources) = columnNames { lookup = ColumnLookup(sources) }
  }

  /// Takes the body of a TABLE_MAP event that starts at `start` in the file.
  ///
  /// - Throws: `DecodeError` where its fields do not fit each other.
  mutating func accept(
    _ body: RawSpan, _ format: FormatDescriptionEvent?, at start: UInt64
  ) throws(DecodeError) {
    let event = try TableMapEvent(body, postHeaderLength: format?.postHeaderLength(of: .tableMap) ?? 0)
    if let entry = entries[event.tableID], body.isEqual(to: entry.body.bytes) {
      if entry.generation != generation { entries[event.tableID]?.generation = generation }
      return
    }
    let isIncluded = filter.includes(database: event.schema, table: event.table)
    let isMariaDB = format?.isMariaDB ?? false
    guard event.describesColumns || !isIncluded else {
      return try set(
        Entry(
          body: body.array, key: nil, plan: nil, undescribed: "\(event.schema.utf8String).\(event.table.utf8String)",
          generation: generation), event.tableID)
    }
    let place = BinlogPosition(file: file, offset: start)
    let plan =
      isIncluded ? try TablePlan(event, isMariaDB: isMariaDB, columnNames: columnNames, &lookup, at: place) : nil
    let key = lookup == nil ? nil : plan.map { TableKey(schema: $0.schema, table: $0.table) }
    try set(Entry(body: body.array, key: key, plan: plan, generation: generation), event.tableID)
  }

  private mutating func set(_ entry: Entry, _ tableID: UInt64) throws(DecodeError) {
    if let old = entries[tableID] { weight -= old.weight }
    weight += entry.weight
    guard weight <= Limits.tableMaps else { throw DecodeError(.tooLarge, at: 0, "TABLE_MAP events of a statement") }
    entries[tableID] = entry
  }

  /// The table map under `tableID`.
  func lookup(_ tableID: UInt64) -> Lookup {
    guard let entry = entries[tableID], entry.generation == generation else { return .unknown }
    if let name = entry.undescribed { return .undescribed(name) }
    return entry.plan.map { .included($0) } ?? .excluded
  }

  /// A statement has ended: its table maps may go.
  mutating func endStatement() {
    if entries.count > Self.entryLimit || weight > Limits.tableMaps / 4 { removeAll() }
  }

  /// The columns of these tables may have changed with the statement at `start`: what was looked up of them no longer holds.
  mutating func forgetLookups(_ scope: DefinitionScope, at start: UInt64, creates: Bool) {
    guard lookup != nil, scope != .nothing else { return }
    let keys = scope.keys
    lookup?.forget(scope, at: BinlogPosition(file: file, offset: start), creates: creates)
    for (tableID, entry) in entries where entry.key.map({ keys.contains($0) }) ?? false {
      entries[tableID] = nil
      weight -= entry.weight
    }
  }

  private mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    weight = 0
  }

  /// Another file begins: numbers of the one before mean nothing in it.
  mutating func beginFile() { generation += 1 }
}
