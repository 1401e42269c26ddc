import BinlogParser
import Bytes
import Testing

/// True if `filter` lets "schema.table" through.
private func includes(_ filter: TableFilter, _ name: String) -> Bool {
  let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(Array.init)
  return includes(filter, parts[0], parts[1])
}

/// True if `filter` lets the table of these names through.
private func includes(_ filter: TableFilter, _ database: [UInt8], _ table: [UInt8]) -> Bool {
  filter.includes(database: database.span.bytes, table: table.span.bytes)
}

/// Rules, and the tables that they let through or hold back.
struct FilterCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  var include: [String]?
  var exclude: [String]?
  let wanted: [String]
  let unwanted: [String]
}

@Suite struct TableFilterTests {
  static let cases = [
    FilterCase(testDescription: "no rules", wanted: ["a.b", "mysql.user"], unwanted: []),
    FilterCase(testDescription: "empty lists are no rules", include: [], exclude: [], wanted: ["a.b"], unwanted: []),
    FilterCase(
      testDescription: "blacklist",
      exclude: ["tmp_db.*", "dba.*", "*.noisy_log_table", "prod_db.debug_events"],
      wanted: ["prod_db.users", "tmp_db2.a", "prod_db.debug_events2"],
      unwanted: ["tmp_db.a", "dba.b", "prod_db.noisy_log_table", "other.noisy_log_table", "prod_db.debug_events"]),
    FilterCase(
      testDescription: "whitelist",
      include: ["prod_db.*", "analytics_db.events", "analytics_db.clicks"],
      wanted: ["prod_db.users", "prod_db.x", "analytics_db.events", "analytics_db.clicks"],
      unwanted: ["analytics_db.views", "other.events", "mysql.user"]),
    FilterCase(
      testDescription: "schema without some tables",
      include: ["prod_db.*"], exclude: ["prod_db.debug_log", "prod_db.tmp_cache"],
      wanted: ["prod_db.users"], unwanted: ["prod_db.debug_log", "prod_db.tmp_cache", "other.users"]),
    FilterCase(
      testDescription: "one table of an excluded schema",
      include: ["staging_db.important_table"], exclude: ["staging_db.*"],
      wanted: ["staging_db.important_table"], unwanted: ["staging_db.other", "prod_db.important_table"]),
    FilterCase(
      testDescription: "a table name excluded in all schemas but one",
      include: ["compliance_db.audit_log"], exclude: ["*.audit_log"],
      wanted: ["compliance_db.audit_log"], unwanted: ["prod_db.audit_log", "compliance_db.other", "prod_db.users"]),
    FilterCase(
      testDescription: "exact include beats an exact schema exclude",
      include: ["prod_db.users"], exclude: ["prod_db.*"], wanted: ["prod_db.users"], unwanted: ["prod_db.orders"]),
    FilterCase(
      testDescription: "*.table beats schema.* when it excludes",
      include: ["prod_db.*"], exclude: ["*.tmp_data"], wanted: ["prod_db.users"], unwanted: ["prod_db.tmp_data"]),
    FilterCase(
      testDescription: "*.table beats schema.* when it includes",
      include: ["*.tmp_data"], exclude: ["prod_db.*"], wanted: ["prod_db.tmp_data", "other.tmp_data"],
      unwanted: ["prod_db.users", "other.users"]),
    FilterCase(
      testDescription: "exact beats *.table",
      include: ["*.a", "x.*"], exclude: ["x.a"], wanted: ["y.a", "x.b"], unwanted: ["x.a"]),
    FilterCase(
      testDescription: "names are bytes: case and Unicode form count",
      exclude: ["shop.Orders", "shop.caf\u{E9}"], wanted: ["shop.orders", "Shop.Orders", "shop.cafe\u{301}"],
      unwanted: ["shop.Orders", "shop.caf\u{E9}"]),
    FilterCase(
      testDescription: "spaces and other characters are part of a name", exclude: ["my db.t-1 %"],
      wanted: ["my db.t-1"], unwanted: ["my db.t-1 %"]),
    FilterCase(
      testDescription: "globs within the parts", include: ["shop_*.orders_????"],
      wanted: ["shop_.orders_2024", "shop_eu.orders_2025", "shop_a_b.orders_abcd"],
      unwanted: ["shop.orders_2024", "shop_eu.orders_202", "shop_eu.orders_20245", "shop_eu.items_2024"]),
    FilterCase(
      testDescription: "a question mark is one character, whatever its bytes",
      include: ["s.caf?", "s.?b?", "s.\u{E9}*?"],
      wanted: ["s.cafe", "s.caf\u{E9}", "s.caf\u{1F600}", "s.\u{E9}b\u{E9}", "s.\u{E9}\u{E9}"],
      unwanted: ["s.caf", "s.cafes", "s.cafe\u{301}", "s.\u{E9}"]),
    FilterCase(
      testDescription: "asterisks go back as far as they must", include: ["*_db.a*b*c", "x*.*"],
      wanted: ["my_db.abc", "my_db.aabbcc", "a_db_db.abcbc", "_db.axbxbxc", "x.y", "x1.y"],
      unwanted: ["my_db.abcb", "my_db.ac", "my_db.xabc", "y.x"]),
    FilterCase(
      testDescription: "every other pattern beats a glob", include: ["a.b", "*.c", "d.*"],
      exclude: ["a*.?", "?.c*", "d*.*"],
      wanted: ["a.b", "x.c", "d.x", "a1.c"], unwanted: ["a.x", "a1.b", "x.c1", "d1.x"]),
    FilterCase(
      testDescription: "of two globs the one that excludes goes first", include: ["shop_*.*"], exclude: ["*.tmp_*"],
      wanted: ["shop_1.orders"], unwanted: ["shop_1.tmp_1", "other.orders"]),
    FilterCase(
      testDescription: "several asterisks are one", include: ["**.users", "a**.b"], wanted: ["x.users", "a1.b"],
      unwanted: ["x.b"]),
    FilterCase(
      testDescription: "the same pattern twice in one list", exclude: ["a.b", "a.b"], wanted: ["a.c"], unwanted: ["a.b"]
    ),
  ]

  @Test(arguments: cases) func decides(_ filterCase: FilterCase) throws {
    let filter = try TableFilter(include: filterCase.include, exclude: filterCase.exclude)
    for name in filterCase.wanted { #expect(includes(filter, name), "\(name) is wanted") }
    for name in filterCase.unwanted { #expect(!includes(filter, name), "\(name) is not wanted") }
  }

  /// Names as they are, patterns in backticks.
  @Test(
    "Names in backticks may hold dots, asterisks and backticks",
    arguments: [
      ("shop.`orders.2024`", "shop", "orders.2024"), ("`a.b`.`c.d`", "a.b", "c.d"), ("`*`.*", "*", "any"),
      ("*.`*`", "any", "*"), ("`a``b`.c", "a`b", "c"), ("a.b`c", "a", "b`c"), ("`shop`.`orders`", "shop", "orders"),
      ("`a*`.`b?`", "a*", "b?"), ("`a*`.b?", "a*", "b1"), ("a*.`b?`", "a1", "b?"),
    ])
  func quotedNames(_ pattern: String, _ database: String, _ table: String) throws {
    let filter = try TableFilter(include: [pattern], exclude: nil)
    #expect(includes(filter, Array(database.utf8), Array(table.utf8)))
    #expect(!includes(filter, Array("other".utf8), Array("other".utf8)))
  }

  @Test("An asterisk in backticks stands for itself only", arguments: ["`a*`.b?", "`a*`.*", "*.`b?`", "a*.`b?`"])
  func quotedGlobs(_ pattern: String) throws {
    #expect(try !includes(TableFilter(include: [pattern], exclude: nil), "a1.b1"))
  }

  @Test("A glob of many asterisks takes no time that grows with their number", .timeLimit(.minutes(1)))
  func manyAsterisks() throws {
    let pattern = "a." + String(repeating: "*a", count: 200) + "b"
    let name = [UInt8](repeating: UInt8(ascii: "a"), count: 64 * 4)
    #expect(try !includes(TableFilter(include: [pattern], exclude: nil), [UInt8(ascii: "a")], name))
  }

  @Test("A watch is left with the patterns that match no table")
  func watch() throws {
    let (filter, watch) = try TableFilter(
      include: ["shop.*", "shop.orders", "*.nothing", "o?her.x*", "o?her.y*"], exclude: ["shop.log", "shop.lgo"]
    ).watched()
    #expect(watch.unmatched.count == 7)
    for name in ["shop.log", "other.x1", "else.where"] { _ = includes(filter, name) }
    #expect(watch.unmatched.map(\.text) == ["shop.orders", "*.nothing", "o?her.y*", "shop.lgo"])
    #expect(watch.unmatched.map(\.list) == [.include, .include, .include, .exclude])
    _ = includes(filter, "shop.orders")
    #expect(watch.unmatched.map(\.text) == ["*.nothing", "o?her.y*", "shop.lgo"])
  }

  @Test("A name is the same with and without backticks")
  func quotedNamesConflict() {
    #expect(throws: TableFilterError.self) { try TableFilter(include: ["a.b"], exclude: ["`a`.`b`"]) }
  }

  @Test func aNameThatIsNotUTF8MatchesNoPattern() throws {
    let filter = try TableFilter(include: nil, exclude: ["shop.\u{FFFD}"])
    #expect(includes(filter, Array("shop".utf8), [0xFF]))
  }

  @Test func emptyNamesAreDecidedToo() throws {
    #expect(try includes(TableFilter(include: nil, exclude: ["a.b"]), [], []))
    #expect(try !includes(TableFilter(include: ["a.b"], exclude: nil), [], []))
  }

  @Test(arguments: [
    "*.*", "**.*", "", ".", "..", "users", "a.b.c", ".users", "prod_db.", "*", "use?s",
    "`a.b", "a.`b", "`a`b.c", "``.a", "a.``", "`a.b`", "`a`.b.c", "a.`b`*",
  ])
  func rejects(_ pattern: String) {
    for list in [TableFilterError.List.include, .exclude] {
      let error = #expect(throws: TableFilterError.self) {
        try TableFilter(include: list == .include ? [pattern] : nil, exclude: list == .exclude ? [pattern] : nil)
      }
      #expect(error?.problems.map(\.kind) == [.invalidFilter])
      #expect(error?.problems.map(\.pattern) == [pattern])
      #expect(error?.problems.map(\.list) == [list])
    }
  }

  @Test(arguments: ["prod_db.users", "prod_db.*", "*.users", "prod_*.user?"])
  func theSamePatternOnBothSidesIsAConflict(_ pattern: String) {
    let error = #expect(throws: TableFilterError.self) { try TableFilter(include: [pattern], exclude: [pattern]) }
    #expect(error?.problems.map(\.kind) == [.conflictingPattern])
  }

  @Test func allProblemsAreReportedAtOnce() {
    let error = #expect(throws: TableFilterError.self) {
      try TableFilter(include: ["a.b", "*.*", "x"], exclude: ["a.b", "c.d", "y.z.w"])
    }
    #expect(
      error?.problems.map(\.kind) == [.invalidFilter, .invalidFilter, .conflictingPattern, .invalidFilter])
    #expect(error?.problems.map(\.pattern) == ["*.*", "x", "a.b", "y.z.w"])
  }

  @Test func aFilterWithoutRulesLetsEverythingThrough() {
    #expect(includes(TableFilter(), "any.table"))
  }
}
