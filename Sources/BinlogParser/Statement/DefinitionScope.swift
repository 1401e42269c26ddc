/// The tables whose columns a statement may change.
package enum DefinitionScope: Sendable, Equatable {
  /// None.
  case nothing
  /// These.
  case tables([TableName])
  /// All tables of a schema.
  case schema([UInt8])
  /// Any table: the statement does not tell, or cannot be read.
  case everything

  /// The scope with its names in UTF-8, as the session's schema is; `everything` where one of them is not certain.
  func inUTF8(_ context: StatementContext, defaultSchema: [UInt8]) -> DefinitionScope {
    switch self {
    case .nothing, .everything: return self
    case .schema(let name): return context.utf8(name).map { .schema($0) } ?? .everything
    case .tables(let names):
      var found: [TableName] = []
      // Without a schema it is a word that is no name: the session had no default database.
      for name in names where !name.schema.isEmpty {
        guard let name = context.utf8(name, defaultSchema: defaultSchema) else { return .everything }
        found.append(name)
      }
      return found.isEmpty ? .everything : .tables(found)
    }
  }
}

/// Reads which tables' columns a statement may change: ALTER, CREATE, DROP, RENAME.
///
/// A name that is taken for a table's and is none does no harm; a table that is left out does. A new table of an old name
/// needs two statements at least, of which one is enough: so it does not matter that CREATE TABLE IF NOT EXISTS, which is
/// logged for a table that exists too, is passed over. TRUNCATE keeps the columns.
struct DefinitionReader {
  private enum Kind {
    case table, index, schema
    /// Something that has no columns of rows in the log.
    case other
  }

  private static let kinds: [String: Kind] = [
    "TABLE": .table, "TABLES": .table, "INDEX": .index, "DATABASE": .schema, "SCHEMA": .schema, "VIEW": .other,
    "TRIGGER": .other, "PROCEDURE": .other, "FUNCTION": .other, "EVENT": .other, "USER": .other, "ROLE": .other,
    "SERVER": .other, "SEQUENCE": .other, "TABLESPACE": .other, "LOGFILE": .other, "PACKAGE": .other,
    "INSTANCE": .other, "RESOURCE": .other, "REFERENCE": .other, "LIBRARY": .other, "PREPARE": .other,
  ]

  private var references: TableReferences
  private var isTemporary = false
  private var isReplacing = false

  /// A reader of what follows the statement's first word, which is next in `references`.
  init(_ references: TableReferences) { self.references = references }

  /// The scope of the statement whose first word is `verb`, read up to its end, or only up to a limit unless it `isWhole`.
  mutating func scope(of verb: String, isWhole: Bool) -> DefinitionScope {
    switch verb {
    case "CREATE", "ALTER", "DROP", "RENAME": break
    case "IMPORT": return .everything
    default: return .nothing
    }
    switch (readKind(), verb) {
    case (nil, _): return .everything
    case (.other, _): return .nothing
    // Temporary tables have no rows in a log of rows.
    case (.table, _) where isTemporary: return .nothing
    case (.table, "CREATE"): return created()
    case (.table, "ALTER"): return altered()
    // The list of tables is read to its end.
    case (.table, _): return isWhole ? allNames() : .everything
    case (.index, _): return references.skip(past: ["ON"]) && references.readName() ? found : .everything
    case (.schema, _): return schema(verb)
    }
  }

  private var found: DefinitionScope { .tables(references.tables) }

  /// Moves behind the word that says what the statement is about.
  private mutating func readKind() -> Kind? {
    while let token = references.token {
      references.advance()
      guard let keyword = token.keyword else { continue }
      if keyword == "TEMPORARY" { isTemporary = true }
      if keyword == "REPLACE" { isReplacing = true }
      if let kind = Self.kinds[keyword] { return kind }
    }
    return nil
  }

  private mutating func created() -> DefinitionScope {
    if references.takes("IF"), !isReplacing { return .nothing }
    references.skip(["NOT", "EXISTS"])
    return references.readName() ? found : .everything
  }

  /// The altered table, the one that it becomes, and one that becomes a part of it.
  private mutating func altered() -> DefinitionScope {
    references.skip(["IF", "EXISTS"])
    guard references.readName() else { return .everything }
    while let token = references.token {
      references.advance()
      switch token.keyword {
      case "RENAME":
        if let next = references.token?.keyword, ["COLUMN", "INDEX", "KEY"].contains(next) { continue }
        references.skip(["TO", "AS"])
        if references.token?.isSign("=") == true { references.advance() }
        _ = references.readName()
      case "TABLE": _ = references.readName()
      default: break
      }
    }
    return found
  }

  /// Everything that can be a table's name: DROP TABLE and RENAME TABLE hold little else.
  private mutating func allNames() -> DefinitionScope {
    while references.token != nil {
      if !references.readName() { references.advance() }
    }
    return references.tables.isEmpty ? .everything : found
  }

  private mutating func schema(_ verb: String) -> DefinitionScope {
    switch verb {
    case "DROP",
      "CREATE" where isReplacing:
      references.skip(["IF", "EXISTS"])
      return references.token?.name.map { .schema($0) } ?? .everything
    // A database that gets another name.
    case "ALTER": return references.contains("UPGRADE") ? .everything : .nothing
    default: return .nothing
    }
  }
}
