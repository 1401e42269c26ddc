/// Reads CREATE TABLE, as SHOW CREATE TABLE writes it and as people do.
///
/// See <https://dev.mysql.com/doc/refman/en/create-table.html> and <https://mariadb.com/kb/en/create-table/>. What does not matter
/// for rows in the log is passed over: defaults, keys other than the primary one, checks, partitions.
struct CreateTableReader {
  private var tokens: SQLTokens
  private var columns: [ColumnClause] = []
  /// Names of the columns in lower case: the servers compare them without regard to case.
  private var names: Set<String> = []
  private var key: [String] = []
  private var characterSet: CharacterSet?

  /// The most columns that a table of either server has.
  private static let columnLimit = 4096

  /// A reader of what follows the table's name.
  init(_ tokens: SQLTokens) { self.tokens = tokens }

  /// Columns and key of the table `name`, in a database whose tables have the character set `standard` where they say nothing.
  ///
  /// - Throws: `SQLScript.Failure` for what cannot be read, and what does not say all columns.
  mutating func read(
    _ name: TableName, standard: CharacterSet?, from origin: TableSchema.Origin
  ) throws(SQLScript.Failure) -> TableSchema {
    if tokens.keyword == "LIKE" { throw incomplete("LIKE") }
    guard tokens.takes("(") else {
      if ["SELECT", "AS", "IGNORE", "REPLACE", "WITH", "VALUES"].contains(tokens.keyword) {
        throw incomplete("SELECT")
      }
      throw tokens.failure("the list of columns is missing")
    }
    if tokens.keyword == "LIKE" { throw incomplete("LIKE") }
    repeat { try readElement() } while tokens.takes(",")
    guard tokens.takes(")") else { throw tokens.failure("a comma or the closing parenthesis is missing") }
    try readOptions()
    guard !columns.isEmpty else { throw tokens.failure("the table has no columns") }
    let primaryKey = try keyIndices()
    for index in primaryKey { columns[index].isPrimaryKey = true }
    let standard = characterSet ?? standard
    let described = try columns.map { (column) throws(SQLScript.Failure) in try column.description(in: standard) }
    return TableSchema(
      database: String(decoding: name.schema, as: UTF8.self), table: String(decoding: name.table, as: UTF8.self),
      columns: described, primaryKey: primaryKey, from: origin)
  }

  private func incomplete(_ word: String) -> SQLScript.Failure {
    tokens.failure(
      "CREATE TABLE … \(word) does not say the columns: put what SHOW CREATE TABLE says of the table in its place")
  }

  private func keyIndices() throws(SQLScript.Failure) -> [Int] {
    guard key.count <= columns.count else {
      throw tokens.failure("the primary key has more columns than the table")
    }
    guard !key.isEmpty else { return columns.indices.filter { columns[$0].isPrimaryKey } }
    var indices: [Int] = []
    for name in key {
      let index =
        columns.firstIndex { $0.name == name } ?? columns.firstIndex { $0.name.lowercased() == name.lowercased() }
      guard let index else { throw tokens.failure("the primary key has a column \(name), and the table has none") }
      indices.append(index)
    }
    return indices
  }

  // MARK: Columns and keys

  private mutating func readElement() throws(SQLScript.Failure) {
    guard !isKey else { return try readKey() }
    let line = tokens.line
    var column = ColumnClause(name: try tokens.name("a column"), line: line)
    guard names.insert(column.name.lowercased()).inserted else {
      throw tokens.failure("the column \(column.name) stands there twice")
    }
    guard names.count <= Self.columnLimit else {
      throw tokens.failure("the table has more than \(Self.columnLimit) columns")
    }
    try readType(&column)
    try ColumnAttributes.read(&tokens, into: &column)
    columns.append(column)
  }

  /// True if the element at hand is no column.
  private var isKey: Bool {
    switch tokens.keyword {
    case "PRIMARY", "KEY", "INDEX", "UNIQUE", "FULLTEXT", "SPATIAL", "CONSTRAINT", "FOREIGN", "CHECK": true
    case "PERIOD": tokens.nextKeyword == "FOR"
    case "VECTOR": tokens.nextKeyword == "KEY" || tokens.nextKeyword == "INDEX"
    default: false
    }
  }

  private mutating func readKey() throws(SQLScript.Failure) {
    var isPrimary = false
    while let token = tokens.token, !tokens.endsElement {
      if token.keyword == "PRIMARY", key.isEmpty { isPrimary = true }
      if token.keyword == "CHECK" || token.keyword == "FOREIGN" { isPrimary = false }
      guard token.isSign("(") else {
        tokens.advance()
        continue
      }
      guard isPrimary else {
        try tokens.skipParentheses()
        continue
      }
      isPrimary = false
      try readKeyParts()
    }
  }

  private mutating func readKeyParts() throws(SQLScript.Failure) {
    tokens.advance()
    repeat {
      key.append(try tokens.name("a column of the primary key"))
      while tokens.token != nil, !tokens.endsElement {
        if tokens.isSign("(") { try tokens.skipParentheses() } else { tokens.advance() }
      }
    } while tokens.takes(",")
    guard tokens.takes(")") else { throw tokens.failure("the primary key does not end") }
  }

  // MARK: Types

  private mutating func readType(_ column: inout ColumnClause) throws(SQLScript.Failure) {
    let word = try readTypeName(&column)
    column.type = SQLType(name: SQLType.synonyms[word] ?? word.lowercased())
    if word == "SERIAL" {
      column.type.isUnsigned = true
      column.isNullable = false
    }
    guard tokens.takes("(") else { return }
    repeat { try readParameter(&column.type) } while tokens.takes(",")
    guard tokens.takes(")") else { throw tokens.failure("the parentheses of the type of \(column.name) do not end") }
  }

  /// The type's name in capital letters, where it has several words the one that says the most.
  private mutating func readTypeName(_ column: inout ColumnClause) throws(SQLScript.Failure) -> String {
    guard var word = tokens.keyword else { throw tokens.failure("the type of column \(column.name) is missing") }
    tokens.advance()
    if word == "NATIONAL", let next = tokens.keyword {
      tokens.advance()
      word = next == "VARCHAR" ? "NVARCHAR" : "NCHAR"
    }
    if word == "LONG", tokens.takes(keyword: "VARBINARY") { word = "MEDIUMBLOB" }
    if word == "LONG" { _ = tokens.takes(keyword: "VARCHAR") }
    if word == "DOUBLE" { _ = tokens.takes(keyword: "PRECISION") }
    if tokens.takes(keyword: "VARYING") { word = word == "NCHAR" ? "NVARCHAR" : "VARCHAR" }
    if word == "NCHAR" || word == "NVARCHAR" { column.characterSet = .utf8mb3 }
    return word
  }

  /// Reads a number or a label.
  private mutating func readParameter(_ type: inout SQLType) throws(SQLScript.Failure) {
    switch tokens.token {
    case .string(let label), .quotedName(let label): type.labels.append(try tokens.utf8(label))
    case .word(let bytes):
      if let number = UInt64(String(decoding: bytes, as: UTF8.self)) {
        type.parameters.append(number)
      } else if tokens.takes(keyword: "X"), case .string = tokens.token {
        // The digits of a label that is no text: it stands as other servers show it.
        type.labels.append("?")
      } else {
        fallthrough
      }
    case .sign, nil: throw tokens.failure("a number or a label is missing in the parentheses of the type")
    }
    tokens.advance()
  }

  // MARK: Options of the table

  private mutating func readOptions() throws(SQLScript.Failure) {
    while let token = tokens.token {
      switch tokens.keyword {
      case "PARTITION": return
      case "CREATE", "INSERT", "DROP", "USE":
        throw tokens.failure("a semicolon is missing before \(tokens.keyword ?? "")")
      case "SELECT", "AS", "IGNORE", "REPLACE": throw incomplete("SELECT")
      case "COMMENT", "CONNECTION":
        tokens.advance()
        _ = tokens.takes("=")
        tokens.advance()
      default:
        if token.isSign("(") {
          try tokens.skipParentheses()
        } else if try !tokens.takesCharacterSet(into: &characterSet) {
          tokens.advance()
        }
      }
    }
  }
}
