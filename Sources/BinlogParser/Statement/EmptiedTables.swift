/// Reads which tables' rows a statement removes that no server logs as rows: TRUNCATE, DROP TABLE, and ALTER TABLE that drops
/// or truncates partitions.
///
/// DROP TEMPORARY TABLE removes no rows that are in a log of rows. DROP DATABASE names no table.
struct EmptiedTables {
  private var references: TableReferences

  /// A reader of what follows the statement's first word, which is next in `references`.
  init(_ references: TableReferences) { self.references = references }

  /// The tables of the statement whose first word is `verb`.
  consuming func tables(of verb: String) -> [TableName] {
    var reader = self
    switch verb {
    case "TRUNCATE": return reader.truncated()
    case "DROP": return reader.dropped()
    case "ALTER": return reader.altered()
    default: return []
    }
  }

  private mutating func truncated() -> [TableName] {
    _ = references.takes("TABLE")
    return references.readName() ? references.tables : []
  }

  private mutating func dropped() -> [TableName] {
    guard references.takes("TABLE") || references.takes("TABLES") else { return [] }
    references.skip(["IF", "EXISTS"])
    references.readList(until: ["RESTRICT", "CASCADE", "WAIT", "NOWAIT"])
    return references.tables
  }

  private mutating func altered() -> [TableName] {
    references.skip(["ONLINE", "IGNORE"])
    guard references.takes("TABLE") else { return [] }
    references.skip(["IF", "EXISTS"])
    guard references.readName() else { return [] }
    while let token = references.token {
      references.advance()
      if let keyword = token.keyword, ["DROP", "TRUNCATE"].contains(keyword), references.takes("PARTITION") {
        return references.tables
      }
    }
    return []
  }
}
