import Pipeline
import Testing

/// Folders called KEY=VALUE. Whether readers take them back is asked of them in the integration tests.
@Suite struct HiveFolderTests {
  @Test(arguments: [
    ("shop", "db=shop"), ("", "db="), ("a/b", "db=a%2Fb"), ("a=b", "db=a%3Db"), ("%41", "db=%2541"), ("ü", "db=ü"),
    ("a b", "db=a b"), (".", "db=."), ("..", "db=.."), ("日本", "db=日本"), ("\u{0}\n\u{1F}\u{7F}", "db=%00%0A%1F%7F"),
    ("\"#%'*/:=?\\{[]^", "db=%22%23%25%27%2A%2F%3A%3D%3F%5C%7B%5B%5D%5E"), ("+&;~$!@()}<>|,-_", "db=+&;~$!@()}<>|,-_"),
    ("\u{80}\u{2028}😀", "db=\u{80}\u{2028}😀"),
  ])
  func names(_ value: String, _ expected: String) {
    #expect(Array(HiveFolder.name("db", Array(value.utf8)).utf8) == Array(expected.utf8))
  }

  /// Two spellings of one letter are two names.
  @Test func spellingsStay() {
    let composed = HiveFolder.name("tbl", Array("\u{E9}".utf8))
    let decomposed = HiveFolder.name("tbl", Array("e\u{301}".utf8))
    #expect(Array(composed.utf8) == Array("tbl=\u{E9}".utf8))
    #expect(Array(decomposed.utf8) == Array("tbl=e\u{301}".utf8))
  }

  /// The longest names of servers, and the longest that a log can hold.
  @Test(arguments: [
    (String(repeating: "/", count: 64), 196), (String(repeating: "日", count: 64), 196),
    (String(repeating: "x", count: 251), 255), (String(repeating: "x", count: 255), 255),
    (String(repeating: "/", count: 255), 253), (String(repeating: "日", count: 85), 253),
    (String(repeating: "😀", count: 63), 252),
  ])
  func everyNameFits(_ value: String, _ byteCount: Int) {
    let name = HiveFolder.name("tbl", Array(value.utf8))
    #expect(name.utf8.count == byteCount)
    #expect(name.unicodeScalars.allSatisfy { $0 != "\u{FFFD}" })
  }

  @Test func bytesThatAreNoText() {
    #expect(HiveFolder.name("db", [0x61, 0xFF, 0x2F]) == "db=a\u{FFFD}%2F")
  }
}
