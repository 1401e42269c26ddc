import Bytes

/// What a statement in the log does, as far as the statement's beginning tells.
///
/// A server that logs rows writes DDL as statements. One that logs statements writes everything so, and then the changes of
/// rows cannot be had from the log: that is what this type finds out.
public struct LoggedStatement: Sendable, Equatable {
  /// True if it inserts, updates or deletes rows that the log therefore does not hold as rows. TRUNCATE does not count: no
  /// server logs its rows.
  public let changesRows: Bool
  /// The tables whose columns it may change.
  package private(set) var definitions: DefinitionScope
  /// True if it creates something, like a table.
  private(set) var creates = false
  /// The tables whose rows it may change; nil where the statement does not tell.
  package let tables: [TableName]?

  /// The rows that it removes without a row of them in the log; nil for none.
  package private(set) var emptied: EmptiedTables?

  /// More of a statement than this is not looked at.
  private static let longestLookedAt = 1 << 16

  private static let other = LoggedStatement(changesRows: false, definitions: .nothing, tables: nil)

  /// Reads the beginning of `statement`, which was run with the default database `schema` in a session with
  /// `statusVariables`.
  public init(_ statement: RawSpan, schema: RawSpan, statusVariables: RawSpan) {
    guard !TransactionStatement.isBegin(statement) else {
      self = Self.other
      return
    }
    let text = statement.extracting(0..<min(statement.byteCount, Self.longestLookedAt)).array
    let context = StatementContext(statusVariables)
    let isReadable = context.keepsASCII || !text.contains { $0 >= 0x80 }
    self = Self.read(
      SQLLexer(text, mode: context.mode), schema.array, context, isWhole: text.count == statement.byteCount)
    if !isReadable, definitions != .nothing { definitions = .everything }
  }

  /// Reads the statement of the event with `body`, of a `type` that has one.
  ///
  /// - Throws: `DecodeError` for a body that is cut, or whose statement is more than `limit` bytes.
  package init(ofEvent type: EventType, _ body: RawSpan, limit: Int) throws(DecodeError) {
    let query = type == .executeLoadQuery ? try QueryEvent(executeLoadQuery: body) : try QueryEvent(body)
    guard type == .queryCompressed else {
      self.init(query.statement, schema: query.schema, statusVariables: query.statusVariables)
      return
    }
    let text = try query.inflatedStatement(in: body, limit: limit)
    self.init(text.bytes, schema: query.schema, statusVariables: query.statusVariables)
  }

  private init(changesRows: Bool, definitions: DefinitionScope, tables: [TableName]?) {
    self.changesRows = changesRows
    self.definitions = definitions
    self.tables = tables
  }

  /// True if it changes rows of a table that `filter` includes, or may: a statement whose tables are not known counts, since
  /// a function in any schema can change any table.
  public func changesRows(of filter: TableFilter) -> Bool {
    guard changesRows, let tables else { return changesRows }
    return tables.contains { filter.includes($0) || filter.includes($0.lowercased) }
  }

  /// The rows of tables of `filter` that it removes without a row of them in the log; nil for none.
  package func emptied(of filter: TableFilter) -> EmptiedTables? {
    if case .schema(let name) = emptied { return filter.mayInclude(schema: name) ? emptied : nil }
    return emptied?.mapNames { table in
      filter.includes(table) ? table : filter.includes(table.lowercased) ? table.lowercased : nil
    }
  }

  private static func read(
    _ lexer: SQLLexer, _ schema: [UInt8], _ context: StatementContext, isWhole: Bool
  ) -> LoggedStatement {
    var lexer = lexer
    guard let verb = verb(&lexer) else { return other }
    var references = TableReferences(lexer, defaultSchema: schema)
    switch verb {
    case "INSERT", "REPLACE":
      references.skip(["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "INTO"])
      return rows(references.readName() ? references.tables : nil)
    case "UPDATE":
      references.skip(["LOW_PRIORITY", "IGNORE"])
      references.readList(until: ["SET"])
      return rows(references.tables)
    case "DELETE":
      references.skip(["LOW_PRIORITY", "QUICK", "IGNORE", "HISTORY"])
      references.readList(until: ["WHERE", "ORDER", "LIMIT", "RETURNING"])
      return rows(references.tables)
    case "LOAD":
      return rows(references.skip(past: ["INTO", "TABLE"]) && references.readName() ? references.tables : nil)
    case "SELECT", "DO", "CALL":
      return rows(nil)  // Logged only for the functions in it, which change rows.
    default:
      var reader = DefinitionReader(references)
      let definitions = reader.scope(of: verb, isWhole: isWhole).inUTF8(context, defaultSchema: schema)
      let emptied = EmptiedTablesReader(references).read(verb)?.mapNames { name in
        context.utf8(name, defaultSchema: schema) ?? name
      }
      let filled = verb == "CREATE" ? filledTable(&references) : nil
      var statement = LoggedStatement(changesRows: filled != nil, definitions: definitions, tables: filled)
      statement.creates = verb == "CREATE"
      statement.emptied = emptied
      return statement
    }
  }

  private static func rows(_ tables: [TableName]?) -> LoggedStatement {
    LoggedStatement(changesRows: true, definitions: .nothing, tables: tables?.isEmpty == true ? nil : tables)
  }

  /// CREATE TABLE … SELECT fills the table; a server that logs rows writes CREATE TABLE without SELECT, and rows.
  private static func filledTable(_ references: inout TableReferences) -> [TableName]? {
    references.skip(["OR", "REPLACE"])
    let isTable = references.takes("TABLE")
    references.skip(["IF", "NOT", "EXISTS"])
    guard isTable, references.readName(), references.contains("SELECT") else { return nil }
    return references.tables
  }

  /// The word that says what the statement does, behind `WITH …` and MariaDB's `SET STATEMENT … FOR`.
  private static func verb(_ lexer: inout SQLLexer) -> String? {
    var token = lexer.next()
    while token?.isSign("(") == true { token = lexer.next() }
    guard let first = token?.keyword else { return nil }
    switch first {
    case "WITH": return word(of: verbsAfterWith, &lexer)
    case "SET":
      guard lexer.next()?.keyword == "STATEMENT", word(of: ["FOR"], &lexer) != nil else { return nil }
      return verb(&lexer)
    default: return first
    }
  }

  private static let verbsAfterWith: Set<String> = ["INSERT", "REPLACE", "UPDATE", "DELETE", "SELECT"]

  /// The first of `words` that stands outside of parentheses.
  private static func word(of words: Set<String>, _ lexer: inout SQLLexer) -> String? {
    var depth = 0
    while let token = lexer.next() {
      if token.isSign("(") { depth += 1 }
      if token.isSign(")") { depth -= 1 }
      if depth == 0, let keyword = token.keyword, words.contains(keyword) { return keyword }
    }
    return nil
  }
}
