import Synchronization

/// The patterns of a table filter that no table has matched so far: what is left at the end was perhaps mistyped.
public final class PatternWatch: Sendable {
  /// A pattern and the list in which it stands.
  public struct Entry: Sendable, Equatable {
    /// The list in which the pattern stands.
    public let list: TableFilterError.List
    /// The pattern as written.
    public let text: String
    let pattern: TableFilterPattern
  }

  private let entries: Mutex<[Entry]>

  init(_ entries: [Entry]) { self.entries = Mutex(entries) }

  /// The patterns that no table has matched.
  public var unmatched: [Entry] { entries.withLock { $0 } }

  /// Takes the name of a table.
  func note(database: [UInt8], table: [UInt8]) {
    entries.withLock { entries in
      guard !entries.isEmpty else { return }
      entries.removeAll { $0.pattern.matches(database: database, table: table) }
    }
  }
}
