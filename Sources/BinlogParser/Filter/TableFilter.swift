import Bytes

/// Decides at TABLE_MAP whether the rows of a table are wanted.
///
/// The most specific rule that names a table decides: `schema.table` before `*.table` before `schema.*` before globs, of
/// which one that excludes goes first. A table that no rule names is wanted, unless there are include rules: these make a
/// whitelist.
public struct TableFilter: Sendable {
  /// The verdict of each rule: true includes, false excludes.
  private var exact: [[UInt8]: [[UInt8]: Bool]] = [:]
  private var anyDatabase: [[UInt8]: Bool] = [:]
  private var anyTable: [[UInt8]: Bool] = [:]
  private var globs: [(database: NamePattern, table: NamePattern, verdict: Bool)] = []
  private let includesUnnamed: Bool
  /// The kinds of change to rows of wanted tables that are wanted.
  public var operations = RowOperations.all
  private var entries: [PatternWatch.Entry] = []
  private var watch: PatternWatch?

  /// A filter that lets every table through.
  public init() { includesUnnamed = true }

  /// A filter of patterns `schema.table`, `schema.*`, `*.table` and globs like `shop_*.orders_????`; nil and an empty list are no rules.
  ///
  /// - Throws: `TableFilterError` with every malformed pattern, and every pattern that stands in both lists.
  public init(include: [String]?, exclude: [String]?) throws(TableFilterError) {
    includesUnnamed = (include ?? []).isEmpty
    var problems: [TableFilterError.Problem] = []
    var verdicts: [TableFilterPattern: Bool] = [:]
    for (list, patterns) in [(TableFilterError.List.include, include), (.exclude, exclude)] {
      for text in patterns ?? [] {
        do throws(TableFilterPattern.Malformed) {
          let pattern = try TableFilterPattern(text)
          if verdicts[pattern] == true, list == .exclude {
            problems.append(.init(.conflictingPattern, list, text, "it stands in include and in exclude"))
          }
          if verdicts[pattern] == nil { entries.append(PatternWatch.Entry(list: list, text: text, pattern: pattern)) }
          verdicts[pattern] = list == .include
        } catch {
          problems.append(.init(.invalidFilter, list, text, error.rawValue))
        }
      }
    }
    guard problems.isEmpty else { throw TableFilterError(problems: problems) }
    for (pattern, verdict) in verdicts { add(pattern, verdict) }
  }

  private mutating func add(_ pattern: TableFilterPattern, _ verdict: Bool) {
    switch pattern {
    case .exact(let database, let table): exact[database, default: [:]][table] = verdict
    case .anyDatabase(let table): anyDatabase[table] = verdict
    case .anyTable(let database): anyTable[database] = verdict
    case .glob(let database, let table): globs.append((database, table, verdict))
    }
  }

  /// The same filter, and a watch for patterns that match no table which the filter is asked about.
  public func watched() -> (filter: TableFilter, watch: PatternWatch) {
    var filter = self
    let watch = PatternWatch(entries)
    filter.watch = watch
    return (filter, watch)
  }

  /// True if the rows of a table are wanted; the names are the bytes of TABLE_MAP.
  public func includes(database: RawSpan, table: RawSpan) -> Bool {
    includes(database: database.array, table: table.array)
  }

  /// True if the rows of a table are wanted that a statement names.
  func includes(_ name: TableName) -> Bool { includes(database: name.schema, table: name.table) }

  /// True if it may include a table of `schema`.
  func mayInclude(schema: [UInt8]) -> Bool {
    let verdict = anyTable[schema]
    if verdict == true || exact[schema]?.values.contains(true) == true { return true }
    if anyDatabase.values.contains(true) { return true }
    return verdict == nil && (includesUnnamed || globs.contains { $0.verdict && $0.database.matches(schema) })
  }

  private func includes(database: [UInt8], table: [UInt8]) -> Bool {
    watch?.note(database: database, table: table)
    return exact[database]?[table] ?? anyDatabase[table] ?? anyTable[database] ?? globVerdict(database, table)
      ?? includesUnnamed
  }

  /// The verdict of the globs that name the table; nil where none does.
  private func globVerdict(_ database: [UInt8], _ table: [UInt8]) -> Bool? {
    var verdict: Bool?
    for glob in globs where glob.database.matches(database) && glob.table.matches(table) {
      guard glob.verdict else { return false }
      verdict = true
    }
    return verdict
  }
}
