/// Reads the tables that a script defines, piece by piece.
package struct SchemaReader {
  /// The script's name, for messages.
  private let path: String
  private var script = SQLScript()
  private var database: [UInt8]?
  /// The character sets of databases that the script makes.
  private var characterSets: [[UInt8]: CharacterSet] = [:]
  /// The first statement that may change a table, which is passed over; nil while there is none.
  package private(set) var alteredLine: Int?

  /// A reader of the script at `path`.
  package init(path: String) { self.path = path }

  /// Takes the next piece of the script.
  package mutating func append(_ piece: [UInt8]) { script.append(piece) }

  /// The next table; nil where more of the script is needed, or with `isLast` at the end.
  package mutating func next(isLast: Bool) throws(SQLScript.Failure) -> TableSchema? {
    while let statement = try script.next(isLast: isLast) {
      if let name = script.takeDumpedDatabase() { database = name.isEmpty ? nil : name }
      if let table = try read(statement) { return table }
    }
    return nil
  }

  private mutating func read(_ statement: SQLScript.Statement) throws(SQLScript.Failure) -> TableSchema? {
    var tokens = SQLTokens(statement)
    let verb = tokens.keyword
    tokens.advance()
    switch verb {
    case "USE":
      database = Array(try tokens.name("the database").utf8)
      guard tokens.token == nil else { throw tokens.failure("a semicolon is missing behind USE") }
      return nil
    case "ALTER":
      // Dumps have DISABLE KEYS, in a comment that a server executes.
      if tokens.keyword == "TABLE", !statement.isConditional, alteredLine == nil { alteredLine = tokens.line }
      return nil
    default:
      tokens.skip(["OR", "REPLACE"])
      switch tokens.keyword {
      case "DATABASE", "SCHEMA": try readDatabase(&tokens)
      // In a comment that a server executes a dump makes a table that stands in for a view.
      case "TABLE" where !statement.isConditional: return try readTable(&tokens)
      default: break
      }
      return nil
    }
  }

  private mutating func readDatabase(_ tokens: inout SQLTokens) throws(SQLScript.Failure) {
    tokens.advance()
    tokens.skip(["IF", "NOT", "EXISTS"])
    let name = Array(try tokens.name("the database").utf8)
    var characterSet: CharacterSet?
    while tokens.token != nil {
      if try !tokens.takesCharacterSet(into: &characterSet) { tokens.advance() }
    }
    characterSets[name] = characterSet
  }

  private func readTable(_ tokens: inout SQLTokens) throws(SQLScript.Failure) -> TableSchema {
    let line = tokens.line
    tokens.advance()
    tokens.skip(["IF", "NOT", "EXISTS"])
    let name = try tokens.tableName(in: database)
    guard !name.schema.isEmpty else {
      throw tokens.failure(
        "nothing says the database of table \(name): put USE and its name before, or write it with the table's")
    }
    var reader = CreateTableReader(tokens)
    return try reader.read(name, standard: characterSets[name.schema], from: .file(path: path, line: line))
  }
}

extension SQLScript.Statement {
  /// True if the statement begins in a comment that a server of some version executes.
  fileprivate var isConditional: Bool {
    let start = text.drop { $0 <= UInt8(ascii: " ") }
    return start.starts(with: Array("/*".utf8))
  }
}
