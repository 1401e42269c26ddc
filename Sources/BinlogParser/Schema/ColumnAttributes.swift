/// Attributes behind the type of a column in CREATE TABLE.
enum ColumnAttributes {
  /// Reads them, up to the comma or the parenthesis behind the column.
  static func read(_ tokens: inout SQLTokens, into column: inout ColumnClause) throws(SQLScript.Failure) {
    while let token = tokens.token, !tokens.endsElement {
      if token.isSign("(") {
        try tokens.skipParentheses()
      } else if try tokens.takesCharacterSet(into: &column.characterSet) {
        continue
      } else if let keyword = tokens.keyword {
        tokens.advance()
        take(keyword, &tokens, &column)
      } else {
        tokens.advance()
      }
    }
  }

  private static func take(_ keyword: String, _ tokens: inout SQLTokens, _ column: inout ColumnClause) {
    switch keyword {
    case "UNSIGNED", "ZEROFILL": column.type.isUnsigned = true
    case "NOT": if tokens.takes(keyword: "NULL") { column.isNullable = false }
    case "PRIMARY", "KEY":
      column.isPrimaryKey = true
      _ = tokens.takes(keyword: "KEY")
    case "UNIQUE": _ = tokens.takes(keyword: "KEY")
    case "ASCII": column.characterSet = .latin1
    case "UNICODE": column.characterSet = .ucs2
    case "BYTE": column.characterSet = .binary
    // A value follows, whatever it is called.
    case "DEFAULT", "COMMENT": if !tokens.endsElement, !tokens.isSign("(") { tokens.advance() }
    default: break
    }
  }
}
