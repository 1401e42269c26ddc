/// The tokens of a statement, one at hand, with the lines in which they stand.
struct SQLTokens {
  private let text: [UInt8]
  private var lexer: SQLLexer
  /// The token at hand; nil at the end.
  private(set) var token: SQLToken?
  /// The token at hand in capital letters, where it is a word.
  private(set) var keyword: String?
  /// The line in which the token at hand ends.
  private(set) var line: Int

  /// The tokens of `statement`.
  init(_ statement: SQLScript.Statement) {
    text = statement.text
    line = statement.line
    lexer = SQLLexer(text)
    advance()
  }

  /// The word behind the token at hand.
  var nextKeyword: String? {
    var lexer = lexer
    return lexer.next()?.keyword
  }

  /// Passes over the token at hand.
  mutating func advance() {
    let start = lexer.index
    token = lexer.next()
    keyword = token?.keyword
    for byte in text[start..<lexer.index] where byte == UInt8(ascii: "\n") { line += 1 }
  }

  /// True if the token at hand is this sign.
  func isSign(_ sign: Unicode.Scalar) -> Bool { token?.isSign(sign) == true }

  /// True if the token at hand ends an element of a list.
  var endsElement: Bool { isSign(",") || isSign(")") }

  /// Passes over `sign`; false when another token is at hand.
  mutating func takes(_ sign: Unicode.Scalar) -> Bool {
    guard isSign(sign) else { return false }
    advance()
    return true
  }

  /// Passes over the word `expected`; false when another token is at hand.
  mutating func takes(keyword expected: String) -> Bool {
    guard keyword == expected else { return false }
    advance()
    return true
  }

  /// Passes over any of `words`.
  mutating func skip(_ words: Set<String>) {
    while let keyword, words.contains(keyword) { advance() }
  }

  /// Passes over parentheses, the first of which is at hand, and what is between them.
  mutating func skipParentheses() throws(SQLScript.Failure) {
    var depth = 0
    repeat {
      if token == nil { throw failure("a parenthesis does not end") }
      if isSign("(") { depth += 1 }
      if isSign(")") { depth -= 1 }
      advance()
    } while depth > 0
  }

  /// Reads the name of `thing`.
  mutating func name(_ thing: String) throws(SQLScript.Failure) -> String {
    guard let name = token?.name, !name.isEmpty else { throw failure("the name of \(thing) is missing") }
    let text = try utf8(name)
    advance()
    return text
  }

  /// Reads the name of a table, which may begin with its database's; else that is `database`.
  mutating func tableName(in database: [UInt8]?) throws(SQLScript.Failure) -> TableName {
    let first = try name("the table")
    guard takes(".") else { return TableName(schema: database ?? [], table: Array(first.utf8)) }
    return TableName(schema: Array(first.utf8), table: Array(try name("the table").utf8))
  }

  /// Reads CHARACTER SET or COLLATE with a name into `found`; false where neither is at hand.
  mutating func takesCharacterSet(into found: inout CharacterSet?) throws(SQLScript.Failure) -> Bool {
    switch keyword {
    case "CHARSET": advance()
    case "CHARACTER" where nextKeyword == "SET", "CHAR" where nextKeyword == "SET":
      advance()
      advance()
    case "COLLATE":
      advance()
      _ = takes("=")
      // MariaDB knows names without a character set, like uca1400_ai_ci: then the one that holds there stays.
      if let named = CharacterSet(collationName: try value("a collation")) { found = named }
      return true
    default: return false
    }
    _ = takes("=")
    let name = try value("a character set")
    guard let named = CharacterSet(name: name) else { throw failure("the character set \(name) is unknown") }
    found = named
    return true
  }

  private mutating func value(_ thing: String) throws(SQLScript.Failure) -> String {
    guard case .string(let bytes) = token else { return try name(thing) }
    advance()
    return try utf8(bytes)
  }

  /// The text of a name or a label.
  func utf8(_ bytes: [UInt8]) throws(SQLScript.Failure) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw failure("a name or a label is not in UTF-8: dump with --default-character-set=utf8mb4")
    }
    return text
  }

  /// A failure at the token at hand.
  func failure(_ reason: String) -> SQLScript.Failure { SQLScript.Failure(line: line, reason: reason) }
}
