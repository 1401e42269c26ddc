import Testing

import BinlogParser

/// The last change of each table.
@Suite struct DefinitionChangesTests {
  private static func place(_ offset: UInt64) -> BinlogPosition {
    BinlogPosition(file: "binlog.000009", offset: offset)
  }

  private static func name(_ schema: String, _ table: String) -> TableName {
    TableName(schema: Array(schema.utf8), table: Array(table.utf8))
  }

  @Test func theLastOfAllStatementsCounts() {
    var changes = DefinitionChanges()
    let t = TableKey(schema: "s", table: "t")
    #expect(changes.last(of: t) == nil)
    changes.note(.tables([Self.name("s", "t"), Self.name("s", "u")]), at: Self.place(10))
    changes.note(.tables([Self.name("r", "t")]), at: Self.place(20))
    changes.note(.nothing, at: Self.place(30))
    #expect(changes.last(of: t) == Self.place(10))
    changes.note(.schema(Array("s".utf8)), at: Self.place(40))
    #expect(changes.last(of: t) == Self.place(40))
    #expect(changes.last(of: TableKey(schema: "r", table: "t")) == Self.place(20))
    changes.note(.everything, at: BinlogPosition(file: "binlog.000010", offset: 4))
    changes.note(.tables([Self.name("r", "t")]), at: BinlogPosition(file: "binlog.000010", offset: 8))
    #expect(changes.last(of: t) == BinlogPosition(file: "binlog.000010", offset: 4))
    #expect(changes.last(of: TableKey(schema: "r", table: "t")) == BinlogPosition(file: "binlog.000010", offset: 8))
  }

  /// `lower_case_table_names` stores other letters than a statement has; MySQL's small letter of U+0130 is i.
  @Test(arguments: [("Shop", "ORDERS", "shop", "orders"), ("s", "GRÖSSE", "s", "grösse"), ("s", "\u{130}D", "s", "id")])
  func caseDoesNotMatter(_ schema: String, _ table: String, _ storedSchema: String, _ storedTable: String) {
    var changes = DefinitionChanges()
    changes.note(.tables([Self.name(schema, table)]), at: Self.place(10))
    #expect(changes.last(of: TableKey(schema: storedSchema, table: storedTable)) == Self.place(10))
  }

  /// Too many names to remember are not told apart, and none is forgotten.
  @Test func memoryIsBounded() {
    var changes = DefinitionChanges(limit: 3)
    for number in 1...4 { changes.note(.tables([Self.name("s", "t\(number)")]), at: Self.place(UInt64(number))) }
    for number in 1...5 { #expect(changes.last(of: TableKey(schema: "s", table: "t\(number)")) == Self.place(4)) }
  }

  @Test(
    arguments: [
      ("b.000009", 5, "b.000010", 4, true), ("b.000010", 4, "b.000009", 5, false),
      ("b.999999", 9, "b.1000000", 4, true),
      ("b.000009", 4, "b.000009", 5, true), ("b.000009", 5, "b.000009", 5, false),
    ] as [(String, UInt64, String, UInt64, Bool)])
  func placesAreInTheOrderOfTheLog(_ file: String, _ offset: UInt64, _ other: String, _ otherOffset: UInt64, _ is: Bool)
  {
    let place = BinlogPosition(file: file, offset: offset)
    #expect(place.precedes(BinlogPosition(file: other, offset: otherOffset)) == `is`)
  }
}
