/// Finds the tables that a statement names, from a given place on: `a`, `s.a`, lists and joins.
///
/// See <https://dev.mysql.com/doc/refman/en/join.html>. Tables of subqueries and of derived tables are only read, and are
/// passed over.
struct TableReferences {
  private var lexer: SQLLexer
  /// The next token.
  private(set) var token: SQLToken?
  private let defaultSchema: [UInt8]
  /// The tables found so far.
  private(set) var tables: [TableName] = []

  /// Begins at the next token of `lexer`.
  init(_ lexer: SQLLexer, defaultSchema: [UInt8]) {
    self.lexer = lexer
    self.defaultSchema = defaultSchema
    token = self.lexer.next()
  }

  /// Passes over the next token.
  mutating func advance() { token = lexer.next() }

  /// Passes over any of `words`.
  mutating func skip(_ words: Set<String>) {
    while let keyword = token?.keyword, words.contains(keyword) { token = lexer.next() }
  }

  /// Passes over `word`; false when another token stands there.
  mutating func takes(_ word: String) -> Bool {
    guard token?.keyword == word else { return false }
    token = lexer.next()
    return true
  }

  /// Moves behind the first of these words that follow each other; false when they do not come.
  mutating func skip(past words: [String]) -> Bool {
    var matched = 0
    while let current = token, matched < words.count {
      let keyword = current.keyword
      matched = keyword == words[matched] ? matched + 1 : keyword == words[0] ? 1 : 0
      token = lexer.next()
    }
    return matched == words.count
  }

  /// Reads one table's name.
  mutating func readName() -> Bool {
    guard let first = token?.name else { return false }
    token = lexer.next()
    guard token?.isSign(".") == true else {
      tables.append(TableName(schema: defaultSchema, table: first))
      return true
    }
    token = lexer.next()
    guard let second = token?.name else {
      // "t.*" in a DELETE of several tables.
      tables.append(TableName(schema: defaultSchema, table: first))
      return true
    }
    tables.append(TableName(schema: first, table: second))
    token = lexer.next()
    return true
  }

  /// Reads lists and joins of tables up to one of the words in `end`.
  mutating func readList(until end: Set<String>) {
    var isNameDue = true
    while let current = token {
      if let keyword = current.keyword {
        if end.contains(keyword) { return }
        if Self.beforeName.contains(keyword) {
          isNameDue = true
          token = lexer.next()
          // JOIN … USING (columns), unlike DELETE FROM … USING tables.
          if keyword == "USING", token?.isSign("(") == true { isNameDue = false }
          continue
        }
      }
      if current.isSign("(") {
        token = lexer.next()
        if !isNameDue || Self.beginsQuery(token) {
          skipToClosingParenthesis()
          isNameDue = false
        }
        continue
      }
      if isNameDue, current.name != nil {
        _ = readName()
        isNameDue = false
        continue
      }
      if current.isSign(",") { isNameDue = true }
      token = lexer.next()
    }
  }

  /// True if `word` stands anywhere from here on.
  mutating func contains(_ word: String) -> Bool {
    while let current = token {
      if current.keyword == word { return true }
      token = lexer.next()
    }
    return false
  }

  private static let beforeName: Set<String> = ["JOIN", "STRAIGHT_JOIN", "FROM", "USING", "LATERAL"]

  private static func beginsQuery(_ token: SQLToken?) -> Bool {
    ["SELECT", "WITH", "VALUES", "TABLE"].contains(token?.keyword)
  }

  private mutating func skipToClosingParenthesis() {
    var depth = 1
    while depth > 0, let current = token {
      if current.isSign("(") { depth += 1 }
      if current.isSign(")") { depth -= 1 }
      token = lexer.next()
    }
  }
}
