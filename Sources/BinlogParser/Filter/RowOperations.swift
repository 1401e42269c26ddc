/// The kinds of change to rows that are wanted.
public struct RowOperations: OptionSet, Sendable {
  /// A bit for each kind.
  public let rawValue: UInt8

  /// The kinds whose bits are set in `rawValue`.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// `kind` alone.
  public init(_ kind: RowsKind) { rawValue = 1 << kind.rawValue }

  /// All rows of a table at once, by TRUNCATE or DROP TABLE.
  public static let truncate = RowOperations(rawValue: 1 << 7)
  /// Every kind.
  public static let all = RowOperations(RowsKind.allCases.map { RowOperations($0) } + [truncate])
}
