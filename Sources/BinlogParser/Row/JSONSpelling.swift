/// Spelling in lines of JSON of the values that readers of JSON understand in different ways.
public struct JSONSpelling: Sendable, Equatable {
  /// The separator of date and time, and the mark of UTC.
  public enum Temporals: String, CaseIterable, Sendable {
    /// "2024-01-31T10:11:12.123" for DATETIME, "2024-01-31T10:11:12.123Z" for TIMESTAMP.
    case iso
    /// "2024-01-31 10:11:12.123" for DATETIME, "2024-01-31 10:11:12.123Z" for TIMESTAMP.
    case sql
  }

  /// The style of DATETIME and TIMESTAMP; nil for SQL's DATETIME and ISO's TIMESTAMP.
  public let temporals: Temporals?
  /// True where integers that a double cannot hold, beyond 2^53, are strings.
  public let quotesBigNumbers: Bool

  /// The largest integer up to which a double holds each.
  @inlinable static var largestExact: UInt64 { 1 << 53 }

  /// A spelling of both.
  public init(temporals: Temporals? = nil, quotesBigNumbers: Bool = false) {
    self.temporals = temporals
    self.quotesBigNumbers = quotesBigNumbers
  }
}
