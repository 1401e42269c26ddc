extension CharacterSet {
  /// The character set that a server calls `name`: "latin1", "utf8mb3", or the older name "utf8".
  package init?(name: String) {
    guard let found = Self.byName[name.lowercased()] else { return nil }
    self = found
  }

  /// The character set of the collation that a server calls `name`: "latin1_swedish_ci", "binary".
  package init?(collationName name: String) {
    let prefix = name.prefix { $0 != "_" }
    self.init(name: String(prefix))
  }

  /// The servers' name of it: "utf8mb4".
  package var name: String { Self.names[Int(rawValue)] }

  /// The number of some collation of this character set, for where only a collation can name it.
  package var anyCollationID: UInt64? { (1...255).first { CharacterSet(collationID: $0) == self } }

  /// Bytes of the longest character, by which a server counts the length of CHAR(n): MAXLEN of `information_schema.CHARACTER_SETS`.
  package var longestCharacter: Int {
    switch self {
    case .big5, .cp932, .euckr, .gb2312, .gbk, .sjis, .ucs2: 2
    case .eucjpms, .ujis, .utf8mb3: 3
    case .gb18030, .utf16, .utf16le, .utf32, .utf8mb4: 4
    default: 1
    }
  }

  private static let names = allCases.map { "\($0)" }
  private static let byName = Dictionary(uniqueKeysWithValues: zip(names + ["utf8"], allCases + [.utf8mb3]))
}
