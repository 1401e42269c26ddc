import Bytes

/// What a statement in the log means for the transaction around it.
///
/// The server itself writes these statements, in capitals and without anything before them, except in logs of statements,
/// where users' spelling stands.
package enum TransactionStatement: Sendable {
  /// A transaction begins: BEGIN, START TRANSACTION, XA START.
  case begin
  /// It ends: COMMIT, ROLLBACK, XA COMMIT, XA ROLLBACK.
  case end
  /// Anything else: it ends a transaction only where none was begun, as DDL does.
  case other

  /// Longer than any statement that matters here; what follows an XA transaction's name is not looked at.
  private static let longestLookedAt = 32

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
    self = Self.meaning(of: words)
  }

  /// Whether it is what the server writes at the start of each transaction of rows: so often that no word is made of it.
  static func isBegin(_ statement: RawSpan) -> Bool {
    statement.byteCount == 5 && statement.uint32(at: 0) == 0x4947_4542 && statement[byteAt: 4] == UInt8(ascii: "N")
  }

  private static func meaning(of words: [String]) -> TransactionStatement {
    switch (words.first, words.dropFirst().first) {
    case ("BEGIN", _), ("START", "TRANSACTION"), ("XA", "START"), ("XA", "BEGIN"): .begin
    // To a savepoint, with or without WORK between the two words.
    case ("ROLLBACK", _) where words.contains("TO"): .other
    case ("COMMIT", _), ("ROLLBACK", _), ("XA", "COMMIT"), ("XA", "ROLLBACK"): .end
    default: .other
    }
  }
}
