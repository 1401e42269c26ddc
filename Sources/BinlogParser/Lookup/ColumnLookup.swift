/// Completes table maps from `ColumnSources`, which are asked once for each table until a statement comes that may change
/// its columns.
package struct ColumnLookup: Sendable {
  private struct Name: Hashable {
    let schema: String
    let table: String
    let key: TableKey

    init(schema: String, table: String) {
      self.schema = schema
      self.table = table
      key = TableKey(schema: schema, table: table)
    }
  }

  /// More tables than this are not remembered.
  private static let tableLimit = 4096
  /// Nor more bytes than this, roughly.
  private static let byteLimit = 64 << 20

  private typealias Answer = Result<TableSchema, ColumnLookupFailure>

  private let sources: ColumnSources
  /// The answers of the sources that were asked, by their order.
  private var answers: [Name: [Int: Answer]] = [:]
  private var answeredBytes = 0
  private var reported: Set<Name> = []
  /// Tables whose names come from a file, no more than the files have, and those of which it was said that they are uncertain.
  private var named: [Name: TableSchema.Origin] = [:]
  private var uncertain: Set<Name> = []
  private var changes = DefinitionChanges()

  /// A look-up in `sources` that has asked nothing yet.
  package init(_ sources: ColumnSources) { self.sources = sources }

  /// Fills in what `metadata`, of a TABLE_MAP at `place`, lacks of a table's columns, or reports once why there are no names.
  package mutating func complete(
    _ metadata: inout TableMapMetadata, _ definitions: [ColumnDefinition], schema: String, table: String,
    at place: BinlogPosition, isMariaDB: Bool
  ) {
    let hasNames = metadata.names.count == definitions.count
    let isOpen =
      sources.sources.contains { $0.completesTypes } && metadata.leavesTypesOpen(definitions, isMariaDB: isMariaDB)
    guard !hasNames || isOpen else { return }
    let name = Name(schema: schema, table: table)
    var failures: [ColumnLookupFailure] = []
    for index in sources.sources.indices where !hasNames || sources.sources[index].completesTypes {
      do throws(ColumnLookupFailure) {
        let schema = try answer(index, name, place).get()
        try metadata.complete(from: schema, definitions, isMariaDB: isMariaDB)
        return note(schema.origin, of: name)
      } catch {
        failures.append(error)
      }
    }
    if !hasNames { reportMissing(failures, name) }
  }

  /// Reports a table without names, once; without any source the first one stands for all.
  private mutating func reportMissing(_ failures: [ColumnLookupFailure], _ name: Name) {
    guard !sources.sources.isEmpty || reported.isEmpty else { return }
    if reported.count >= Self.tableLimit { reported.removeAll() }
    if reported.insert(name).inserted { sources.report(.missing(failures), name.schema, name.table) }
  }

  /// The answer of source `index`.
  private mutating func answer(_ index: Int, _ name: Name, _ place: BinlogPosition) -> Answer {
    if let known = answers[name]?[index] { return known }
    if answers.count >= Self.tableLimit || answeredBytes >= Self.byteLimit { forget(.everything) }
    let answer = Answer { () throws(ColumnLookupFailure) in
      try sources.sources[index].schema(of: name.table, in: name.schema, at: place)
    }
    answers[name, default: [:]][index] = answer
    answeredBytes += Self.byteCount(answer)
    return answer
  }

  /// Notes that the columns of a table have names from `origin`.
  private mutating func note(_ origin: TableSchema.Origin, of name: Name) {
    guard case .file = origin else { return }
    named[name] = origin
    if let change = changes.last(of: name.key) { reportUncertain(name, origin, change) }
  }

  private mutating func reportUncertain(_ name: Name, _ origin: TableSchema.Origin, _ change: BinlogPosition) {
    guard uncertain.insert(name).inserted else { return }
    sources.report(.uncertain(origin, changed: change), name.schema, name.table)
  }

  /// The columns of the tables in `scope` may have changed with the statement at `place`: they are asked for again.
  ///
  /// One that `creates` them says nothing against a file that names the columns of rows behind it.
  mutating func forget(_ scope: DefinitionScope, at place: BinlogPosition, creates: Bool) {
    if !creates { changes.note(scope, at: place) }
    let keys = scope.keys
    for (name, origin) in named where keys.contains(name.key) { reportUncertain(name, origin, place) }
    forget(keys)
  }

  private mutating func forget(_ scope: DefinitionScope.Keys) {
    for (name, known) in answers where scope.contains(name.key) {
      answers[name] = nil
      for answer in known.values { answeredBytes -= Self.byteCount(answer) }
    }
  }

  private static func byteCount(_ answer: Answer) -> Int { (try? answer.get())?.byteCount ?? 0 }
}
