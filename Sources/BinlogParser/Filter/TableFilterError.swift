/// Everything that is wrong with the lists of a `TableFilter`.
public struct TableFilterError: Error, Equatable, Sendable {
  /// The kinds of problem.
  public enum Kind: Sendable {
    /// The text is no pattern.
    case invalidFilter
    /// The same pattern stands in both lists.
    case conflictingPattern
  }

  /// The two lists of patterns.
  public enum List: String, Sendable {
    /// The whitelist.
    case include
    /// The blacklist.
    case exclude
  }

  /// One pattern that cannot be used.
  public struct Problem: Equatable, Sendable {
    /// What kind of problem.
    public let kind: Kind
    /// The list in which the pattern stands.
    public let list: List
    /// The pattern as written.
    public let pattern: String
    /// Why it cannot be used, in one phrase.
    public let reason: String

    init(_ kind: Kind, _ list: List, _ pattern: String, _ reason: String) {
      self.kind = kind
      self.list = list
      self.pattern = pattern
      self.reason = reason
    }
  }

  /// The problems, in the order of the lists.
  public let problems: [Problem]
}
