import TestSupport
import Testing

import BinlogParser

/// The schema that comes with each table map.
@Suite struct TableSchemaTests {
  private static func plan(
    _ map: TableMapBytes, isMariaDB: Bool = false, _ names: ColumnNames = .logged
  ) throws -> TablePlan {
    let body = map.body
    return try TablePlan(
      TableMapEvent(body.span.bytes, postHeaderLength: 8), isMariaDB: isMariaDB, columnNames: names)
  }

  private static func names(_ names: String...) -> (type: UInt8, value: [UInt8]) {
    (4, names.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) })
  }

  @Test func aTableMapTellsNamesTypesNullsAndTheKey() throws {
    var map = TableMapBytes(
      columns: [
        (3, []), (15, [40, 0]), (254, [0xF7, 1]), (252, [2]), (246, [10, 2]), (18, [6]), (16, [3, 1]),
        (254, [254, 16]),
      ], notNull: [0, 1])
    map.fields = [
      (1, [0x80]), (2, [45, 2, 63]), Self.names("id", "note", "state", "raw", "price", "at", "bits", "b"),
      (6, [2] + ["it's", "a\"\\\n"].flatMap { BinlogEvents.lenenc(Array($0.utf8)) }), (9, [1, 3, 0, 0]),
    ]
    let schema = try Self.plan(map).tableSchema
    #expect((schema.database, schema.table) == ("shop", "orders"))
    #expect(schema.primaryKey == [1, 0])
    #expect(schema.columns.map(\.name) == ["id", "note", "state", "raw", "price", "at", "bits", "b"])
    let types = [
      "int unsigned", "varchar(10)", #"enum('it''s','a"\\\n')"#, "text", "decimal(10,2)", "datetime(6)", "bit(11)",
      "binary(16)",
    ]
    // The third collation is that of column b.
    #expect(schema.columns.map(\.columnType) == types)
    #expect(schema.columns.map(\.isNullable) == [false, false, true, true, true, true, true, true])
    #expect(schema.columns[1].characterSet == "utf8mb4" && schema.columns[7].characterSet == nil)
  }

  @Test func withoutNamesColumnsHaveNumbersAndTheKeyIsKept() throws {
    let map = TableMapBytes(columns: [(3, []), (15, [40, 0])], fields: [(8, [0])])
    let schema = try Self.plan(map).tableSchema
    #expect(schema.columns.map(\.name) == ["c0", "c1"])
    #expect(schema.columns.map(\.columnType) == ["int", "varchar(40)"])
    #expect(schema.primaryKey == [0])
    #expect(try Self.plan(map, .ordinal).tableSchema == schema)
  }

  private static let base = TableMapBytes(
    columns: [(3, []), (15, [40, 0])], fields: [(2, [45]), names("id", "note"), (8, [0])])

  /// The number is written down in files: it may not change from one version to the next.
  @Test func theFingerprintIsTheSameEverywhere() throws {
    #expect(try Self.plan(Self.base).tableSchema.fingerprint == 0xC460_C7C2_9AB9_7677)
  }

  @Test func everyPartOfASchemaCountsInTheFingerprint() throws {
    var maps = [TableMapBytes](repeating: Self.base, count: 7)
    maps[1].fields[1] = Self.names("id", "notes")
    maps[2].fields[2] = (8, [1])
    maps[3].fields[0] = (2, [8])
    maps[4].notNull = [1]
    maps[5].columns[0] = (8, [])
    maps[6].fields.append((1, [0x80]))
    let fingerprints = try maps.map { try Self.plan($0).tableSchema.fingerprint }
    #expect(Set(fingerprints).count == maps.count)
    var renamed = Self.base
    renamed.table = "others"
    #expect(try Self.plan(renamed).tableSchema.fingerprint == fingerprints[0])
  }

  /// The tables of the fixtures all begin with the key `id`, where the log has all metadata.
  @Test(arguments: Fixture.readable.filter { $0.hasSuffix("-full") })
  func fullMetadataTellsThePrimaryKey(_ name: String) throws {
    let fixture = try Fixture(name)
    var replay = EventReplay()
    var schemas: [TableSchema] = []
    for range in fixture.events {
      schemas += try replay.take(Array(fixture.bytes[range])).map(\.schema)
    }
    #expect(!schemas.isEmpty)
    for schema in schemas {
      let key = schema.primaryKey.map { schema.columns[$0] }
      #expect(key.first?.name == "id" && key.allSatisfy { !$0.isNullable }, "\(schema.table)")
    }
  }
}
