import BinlogParser
import Pipeline
import Testing

/// Which rows share files, and in which folder these are.
@Suite struct PartitionTests {
  private static func table(_ schema: String, _ table: String) -> TableName {
    TableName(schema: Array(schema.utf8), table: Array(table.utf8))
  }

  @Test(
    arguments: [
      (nil, nil, ""), (table("shop", "orders"), nil, "db=shop/tbl=orders"), (nil, 0, "dt=1970-01-01"),
      (table("a/b", ""), 19_782, "db=a%2Fb/tbl=/dt=2024-02-29"), (nil, 49_710, "dt=2106-02-07"),
    ] as [(TableName?, UInt32?, String)])
  func folders(_ table: TableName?, _ day: UInt32?, _ expected: String) {
    #expect(Partition(table: table, day: day).folder == expected)
  }

  /// Strings of Swift with the same letters are equal, however these are spelled; tables are not.
  @Test func spellingsAreTables() {
    let one = Partition(table: Self.table("s", "\u{E9}"), day: nil)
    let other = Partition(table: Self.table("s", "e\u{301}"), day: nil)
    #expect(one != other)
    #expect(one.folder == other.folder, "as strings")
    #expect(Array(one.folder.utf8) != Array(other.folder.utf8))
  }

  /// A dot in a name is no border between two.
  @Test func schemaAndTableStayApart() {
    #expect(Partition(table: Self.table("a", "b.c"), day: 1) != Partition(table: Self.table("a.b", "c"), day: 1))
    #expect(Partition(table: Self.table("a", "b"), day: 1) != Partition(table: Self.table("a", "b"), day: 2))
  }
}
