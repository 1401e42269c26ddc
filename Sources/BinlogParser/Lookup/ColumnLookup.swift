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
        return try metadata.complete(from: try answer(index, name, place).get(), definitions, isMariaDB: isMariaDB)
      } catch {
        failures.append(error)
      }
    }
    if !hasNames { report(failures, name) }
  }

  /// Reports a table without names, once; without any source the first one stands for all.
  private mutating func report(_ failures: [ColumnLookupFailure], _ name: Name) {
    guard !sources.sources.isEmpty || reported.isEmpty else { return }
    if reported.count >= Self.tableLimit { reported.removeAll() }
    if reported.insert(name).inserted { sources.report(failures, name.schema, name.table) }
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

  /// The columns of these tables may have changed: they are asked for again.
  mutating func forget(_ scope: DefinitionScope.Keys) {
    for (name, known) in answers where scope.contains(name.key) {
      answers[name] = nil
      for answer in known.values { answeredBytes -= Self.byteCount(answer) }
    }
  }

  private static func byteCount(_ answer: Answer) -> Int { (try? answer.get())?.byteCount ?? 0 }
}
