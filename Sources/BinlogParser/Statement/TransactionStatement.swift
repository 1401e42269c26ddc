import Bytes

/// What a statement in the log means for the transaction around it.
///
/// The server itself writes these statements, in capitals and without anything before them, except in logs of statements,
/// where users' spelling stands.
package enum TransactionStatement: Sendable, Equatable {
  /// A transaction begins: BEGIN, START TRANSACTION, XA START.
  case begin
  /// It ends, and stays: COMMIT, XA COMMIT.
  case commit
  /// It ends, and is taken back: ROLLBACK, XA ROLLBACK.
  case rollback
  /// SAVEPOINT.
  case savepoint(SavepointName)
  /// ROLLBACK TO a savepoint: what came behind it is taken back, and it stays.
  case rollbackTo(SavepointName)
  /// RELEASE SAVEPOINT.
  case release(SavepointName)
  /// Anything else: it ends a transaction only where none was begun, as DDL does.
  case other

  /// Longer than any statement that matters here, up to a name; what follows an XA transaction's name is not looked at.
  private static let longestLookedAt = 32
  /// Longer than any statement about a savepoint, whose name has 64 characters at most.
  private static let longestWithName = 1024

  /// Looks at the beginning of `statement`.
  package init(_ statement: RawSpan) {
    guard !Self.isBegin(statement) else {
      self = .begin
      return
    }
    let text = statement.extracting(0..<min(statement.byteCount, Self.longestLookedAt)).array
    let words = text.split { $0 == 0x20 || $0 == 0x3B || (0x09...0x0D).contains($0) }.prefix(3).map { word in
      String(decoding: word, as: UTF8.self).uppercased()
    }
    self = Self.meaning(of: words, statement)
  }

  /// True if it is what the server writes at the start of each transaction of rows: so often that no word is made of it.
  static func isBegin(_ statement: RawSpan) -> Bool {
    statement.byteCount == 5 && statement.uint32(at: 0) == 0x4947_4542 && statement[byteAt: 4] == UInt8(ascii: "N")
  }

  private static func meaning(of words: [String], _ statement: RawSpan) -> TransactionStatement {
    switch (words.first, words.dropFirst().first) {
    case ("BEGIN", _), ("START", "TRANSACTION"), ("XA", "START"), ("XA", "BEGIN"): .begin
    // With or without WORK between the two words.
    case ("ROLLBACK", _) where words.contains("TO"): name(in: statement, behind: "TO").map(Self.rollbackTo) ?? .other
    case ("COMMIT", _), ("XA", "COMMIT"): .commit
    case ("ROLLBACK", _), ("XA", "ROLLBACK"): .rollback
    case ("SAVEPOINT", _): name(in: statement, behind: "SAVEPOINT").map(Self.savepoint) ?? .other
    case ("RELEASE", "SAVEPOINT"): name(in: statement, behind: "SAVEPOINT").map(Self.release) ?? .other
    default: .other
    }
  }

  /// The name of a savepoint behind the word `keyword`, with or without the word SAVEPOINT between them.
  private static func name(in statement: RawSpan, behind keyword: String) -> SavepointName? {
    var lexer = SQLLexer(statement.extracting(0..<min(statement.byteCount, longestWithName)).array)
    while let token = lexer.next() {
      guard let word = token.keyword, word == keyword else { continue }
      guard let next = lexer.next() else { return nil }
      guard next.keyword == "SAVEPOINT", let name = lexer.next()?.name else { return next.name.map(SavepointName.init) }
      return SavepointName(name)
    }
    return nil
  }
}
