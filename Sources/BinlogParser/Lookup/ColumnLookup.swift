/// Completes table maps from a `ColumnSource`, which is asked once for each table until a statement comes that may change
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

  private let source: any ColumnSource
  private var answers: [Name: Result<[ColumnDescription], ColumnLookupFailure>] = [:]
  private var answeredBytes = 0
  private var reported: Set<Name> = []

  /// A look-up in `source` that has asked nothing yet.
  package init(_ source: any ColumnSource) { self.source = source }

  /// Fills in what `metadata`, of a TABLE_MAP at `place`, lacks of a table's columns, or reports once why there are no names.
  package mutating func complete(
    _ metadata: inout TableMapMetadata, _ definitions: [ColumnDefinition], schema: String, table: String,
    at place: BinlogPosition, isMariaDB: Bool
  ) {
    let hasNames = metadata.names.count == definitions.count
    guard !hasNames || metadata.leavesTypesOpen(definitions, isMariaDB: isMariaDB) else { return }
    let name = Name(schema: schema, table: table)
    do throws(ColumnLookupFailure) {
      try metadata.complete(from: try answer(name, place).get(), definitions, isMariaDB: isMariaDB)
    } catch {
      guard !hasNames else { return }
      if reported.count >= Self.tableLimit { reported.removeAll() }
      if reported.insert(name).inserted { source.report(error, schema: schema, table: table) }
    }
  }

  private mutating func answer(
    _ name: Name, _ place: BinlogPosition
  ) -> Result<[ColumnDescription], ColumnLookupFailure> {
    if let answer = answers[name] { return answer }
    if answers.count >= Self.tableLimit || answeredBytes >= Self.byteLimit { forget(.everything) }
    let answer = Result { () throws(ColumnLookupFailure) in
      try source.columns(schema: name.schema, table: name.table, at: place)
    }
    answers[name] = answer
    answeredBytes += Self.byteCount(answer)
    return answer
  }

  /// The columns of these tables may have changed: they are asked for again.
  mutating func forget(_ scope: DefinitionScope.Keys) {
    for (name, answer) in answers where scope.contains(name.key) {
      answers[name] = nil
      answeredBytes -= Self.byteCount(answer)
    }
  }

  private static func byteCount(_ answer: Result<[ColumnDescription], ColumnLookupFailure>) -> Int {
    (try? answer.get())?.reduce(0) { $0 + $1.byteCount } ?? 0
  }
}

extension ColumnDescription {
  /// Bytes of memory, roughly.
  fileprivate var byteCount: Int {
    MemoryLayout<ColumnDescription>.size + name.utf8.count + dataType.utf8.count + columnType.utf8.count
  }
}
