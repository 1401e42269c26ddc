extension CharacterSet {
  /// The character set that a server calls `name`: "latin1", "utf8mb3", or the older name "utf8".
  package init?(name: String) {
    let name = name.lowercased() == "utf8" ? "utf8mb3" : name.lowercased()
    guard let found = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
    self = found
  }

  /// The number of some collation of this character set, for where only a collation can name it.
  package var anyCollationID: UInt64? { (1...255).first { CharacterSet(collationID: $0) == self } }
}
