/// Rows that a statement removes, and that no server logs as rows.
package enum EmptiedTables: Sendable, Hashable {
  /// All rows of these tables: TRUNCATE, DROP TABLE, and CREATE OR REPLACE TABLE of MariaDB.
  case whole([TableName])
  /// Some rows of each of these tables: ALTER TABLE that drops or truncates partitions, or that gives them to another table or takes
  /// them from it.
  case partitions([TableName])
  /// All rows of all tables of a schema: DROP DATABASE.
  case schema([UInt8])

  /// The names with `name` in place of each; nil where that leaves none.
  func mapNames(_ name: (TableName) -> TableName?) -> EmptiedTables? {
    switch self {
    case .whole(let tables):
      let found = tables.compactMap(name)
      return found.isEmpty ? nil : .whole(found)
    case .partitions(let tables):
      let found = tables.compactMap(name)
      return found.isEmpty ? nil : .partitions(found)
    case .schema: return self
    }
  }
}

/// Reads which rows a statement removes so.
///
/// DROP TEMPORARY TABLE removes no rows that are in a log of rows.
struct EmptiedTablesReader {
  private var references: TableReferences

  /// A reader of what follows the statement's first word, which is next in `references`.
  init(_ references: TableReferences) { self.references = references }

  /// The rows that the statement whose first word is `verb` removes.
  consuming func read(_ verb: String) -> EmptiedTables? {
    var reader = self
    switch verb {
    case "TRUNCATE": return reader.truncated()
    case "DROP": return reader.dropped()
    case "ALTER": return reader.altered()
    case "CREATE": return reader.replaced()
    default: return nil
    }
  }

  private var found: EmptiedTables? { references.tables.isEmpty ? nil : .whole(references.tables) }

  private mutating func truncated() -> EmptiedTables? {
    _ = references.takes("TABLE")
    return references.readName() ? found : nil
  }

  private mutating func dropped() -> EmptiedTables? {
    if references.takes("DATABASE") || references.takes("SCHEMA") {
      references.skip(["IF", "EXISTS"])
      return references.token?.name.map { .schema($0) }
    }
    guard references.takes("TABLE") || references.takes("TABLES") else { return nil }
    references.skip(["IF", "EXISTS"])
    references.readList(until: ["RESTRICT", "CASCADE", "WAIT", "NOWAIT"])
    return found
  }

  private mutating func replaced() -> EmptiedTables? {
    guard references.takes("OR"), references.takes("REPLACE"), references.takes("TABLE") else { return nil }
    references.skip(["IF", "NOT", "EXISTS"])
    return references.readName() ? found : nil
  }

  private mutating func altered() -> EmptiedTables? {
    references.skip(["ONLINE", "IGNORE"])
    guard references.takes("TABLE") else { return nil }
    references.skip(["IF", "EXISTS"])
    guard references.readName() else { return nil }
    while let token = references.token {
      references.advance()
      if let keyword = token.keyword, readPartition(keyword) { return .partitions(references.tables) }
    }
    return nil
  }

  /// Reads what follows `verb`, with the other table that it may name; false unless partitions lose rows by it.
  private mutating func readPartition(_ verb: String) -> Bool {
    switch verb {
    case "DROP", "TRUNCATE": return references.takes("PARTITION")
    case "EXCHANGE":
      return references.takes("PARTITION") && references.skip(past: ["WITH", "TABLE"]) && references.readName()
    case "CONVERT" where references.takes("TABLE"): return references.readName()
    case "CONVERT":
      return references.takes("PARTITION") && references.skip(past: ["TO", "TABLE"]) && references.readName()
    default: return false
    }
  }
}
