import BinlogParser
import Bytes
import TestSupport
import Testing

@Suite struct TableMapEventTests {
  private struct Map: Equatable {
    var tableID: UInt64
    var schema: String
    var table: String
    var columns: [ColumnDefinition]
    var metadata: TableMapMetadata
  }

  private func read(_ body: [UInt8], postHeaderLength: Int = 8) throws(DecodeError) -> Map {
    let event = try TableMapEvent(body.span.bytes, postHeaderLength: postHeaderLength)
    let columns = try event.columns()
    return Map(
      tableID: event.tableID, schema: event.schema.utf8String, table: event.table.utf8String, columns: columns,
      metadata: try event.metadata(of: columns))
  }

  @Test(arguments: [(6, 4), (8, 6), (0, 6)])
  func theTableIDTakesFourOrSixBytes(_ postHeaderLength: Int, _ byteCount: Int) throws {
    var map = TableMapBytes(tableID: 0xFEDC_BA98, tableIDByteCount: byteCount)
    map.columns = [(3, []), (15, [0x2C, 0x01])]
    let event = try read(map.body, postHeaderLength: postHeaderLength)
    #expect(event.tableID == 0xFEDC_BA98)
    #expect((event.schema, event.table) == ("shop", "orders"))
    #expect(event.columns.map(\.size) == [0, 300])
  }

  struct RealType: Sendable {
    let declared: UInt8
    let metadata: [UInt8]
    let type: UInt8
    let size: Int
  }

  /// The last three are CHARs of more than 255 bytes, whose length's high bits lie inverted in the type:
  /// CHAR(255) CHARACTER SET utf8mb4 has 1020 bytes = 0x3FC.
  static let realTypes: [RealType] = [
    RealType(declared: 15, metadata: [0x2C, 0x01], type: 15, size: 300),
    RealType(declared: 252, metadata: [3], type: 252, size: 3),
    RealType(declared: 245, metadata: [4], type: 245, size: 4),
    RealType(declared: 255, metadata: [4], type: 255, size: 4),
    RealType(declared: 242, metadata: [4], type: 242, size: 4),
    RealType(declared: 16, metadata: [3, 2], type: 16, size: 19),
    RealType(declared: 18, metadata: [6], type: 18, size: 6),
    RealType(declared: 7, metadata: [], type: 7, size: 0),
    RealType(declared: 4, metadata: [4], type: 4, size: 4),
    RealType(declared: 254, metadata: [0xF7, 2], type: 247, size: 2),
    RealType(declared: 254, metadata: [0xF8, 8], type: 248, size: 8),
    RealType(declared: 254, metadata: [0xFE, 20], type: 254, size: 20),
    RealType(declared: 254, metadata: [0xCE, 0xFC], type: 254, size: 1020),
    RealType(declared: 254, metadata: [0xEE, 0x00], type: 254, size: 256),
    RealType(declared: 254, metadata: [0xDE, 0x10], type: 254, size: 528),
  ]

  @Test(arguments: realTypes)
  func metadataTellsTheRealType(_ expected: RealType) throws {
    let map = TableMapBytes(columns: [(expected.declared, expected.metadata)])
    let column = try #require(try read(map.body).columns.first)
    #expect(column.type.rawValue == expected.type)
    #expect(column.size == expected.size)
  }

  @Test func aDecimalHasTwoNumbers() throws {
    let column = try #require(try read(TableMapBytes(columns: [(246, [65, 30])]).body).columns.first)
    #expect((column.precision, column.scale) == (65, 30))
  }

  @Test func aMultiValuedIndexIsPassedOver() throws {
    let map = TableMapBytes(columns: [(20, [15, 0x10, 0x00, 0]), (20, [8]), (3, [])])
    #expect(try read(map.body).columns.map(\.type.rawValue) == [20, 20, 3])
  }

  @Test(arguments: [250, 251, 255, 256, 300, 4096])
  func countsAreLengthEncoded(_ count: Int) throws {
    let columns = [(type: UInt8, metadata: [UInt8])](repeating: (15, [9, 0]), count: count)
    #expect(try read(TableMapBytes(columns: columns).body).columns.count == count)
  }

  @Test func metadataOfAnotherLengthIsAnError() {
    #expect(throws: DecodeError(.truncated, at: 25, "column metadata")) {
      try read(TableMapBytes(columns: [(15, [9])]).body)
    }
    #expect(throws: DecodeError(.trailingBytes, at: 25, "column metadata")) {
      try read(TableMapBytes(columns: [(3, [9])]).body)
    }
  }

  @Test func optionalFieldsComeInAnyOrder() throws {
    var map = TableMapBytes(columns: [
      (3, []), (15, [40, 0]), (254, [0xF7, 1]), (1, []), (252, [2]), (254, [0xF8, 1]), (13, []), (246, [10, 2]),
    ])
    let fields: [(type: UInt8, value: [UInt8])] = [
      (1, [0b0110_0000]), (2, [0xFC, 255, 0, 1, 63]), (4, (0..<8).flatMap { [2, UInt8(ascii: "n"), 48 + $0] }),
      (5, [2, 1, 97, 1, 98]), (6, [1, 3, 110, 101, 119]), (8, [0]), (10, [0xFC, 255, 0]), (12, [0b1011_1111]),
      (99, [1, 2, 3]), (7, [0]), (200, []),
    ]
    for shift in fields.indices {
      map.fields = Array(fields[shift...] + fields[..<shift])
      let metadata = try read(map.body).metadata
      #expect(metadata.isPresent)
      // Numeric columns are 0, 3, 6 (YEAR) and 7; the first has the most significant bit.
      #expect(metadata.unsigned == [false, true, true, false])
      #expect(metadata.collations?[0] == 255)
      #expect(metadata.collations?[1] == 63)
      #expect(metadata.names.map { String(decoding: $0, as: UTF8.self) } == (0..<8).map { "n\($0)" })
      #expect(metadata.setLabels == [[[97], [98]]])
      #expect(metadata.enumLabels == [[[110, 101, 119]]])
      #expect(metadata.primaryKey == [0])
      #expect(metadata.labelCollations?[0] == 255)
      #expect(metadata.visible == [true, false, true, true, true, true, true, true])
    }
  }

  @Test(
    "A key is taken whole or not at all",
    arguments: [
      (8, [2, 0], [2, 0]), (9, [1, 0, 2, 10], [1, 2]), (8, [], []), (8, [3], []), (8, [0, 0xFC, 0xFF, 0xFF], []),
      (9, [0, 5, 0, 7], []), (8, [0xFE] + [UInt8](repeating: 0xFF, count: 8), []),
    ] as [(UInt8, [UInt8], [Int])])
  func primaryKeys(_ type: UInt8, _ value: [UInt8], _ key: [Int]) throws {
    let map = TableMapBytes(columns: [(3, []), (3, []), (15, [40, 0])], fields: [(type, value)])
    #expect(try read(map.body).metadata.primaryKey == key)
  }

  @Test func everyColumnCanHaveItsOwnCollation() throws {
    var map = TableMapBytes(columns: [(15, [1, 0]), (15, [1, 0]), (15, [1, 0])])
    map.fields = [(3, [8, 63, 0xFC, 0xFF, 0x00])]
    let collations = try #require(try read(map.body).metadata.collations)
    #expect((collations[0], collations[1], collations[2], collations[3]) == (8, 63, 255, nil))
  }

  static let cutFields: [(type: UInt8, value: [UInt8], error: DecodeError)] = [
    (1, [], DecodeError(.truncated, at: 28, "SIGNEDNESS")),
    (2, [0xFC, 1], DecodeError(.truncated, at: 28, "DEFAULT_CHARSET")),
    (8, [0xFC, 1], DecodeError(.truncated, at: 28, "SIMPLE_PRIMARY_KEY")),
    (9, [0], DecodeError(.truncated, at: 29, "PRIMARY_KEY_WITH_PREFIX")),
    (9, [0, 0xFC, 9], DecodeError(.truncated, at: 29, "PRIMARY_KEY_WITH_PREFIX")),
    (2, [8, 0], DecodeError(.truncated, at: 30, "DEFAULT_CHARSET collation")),
    (4, [1, 97, 2, 98], DecodeError(.truncated, at: 30, "COLUMN_NAME")),
    (6, [2, 1, 97], DecodeError(.truncated, at: 31, "ENUM_STR_VALUE")),
    (12, [], DecodeError(.truncated, at: 28, "COLUMN_VISIBILITY")),
  ]

  @Test(arguments: cutFields)
  func aFieldThatIsCutIsAnError(_ type: UInt8, _ value: [UInt8], _ error: DecodeError) throws {
    let map = TableMapBytes(columns: [(3, [])], fields: [(type, value)])
    #expect(throws: error) { try read(map.body) }
  }

  @Test func cutBodiesAreErrorsUpToTheOptionalMetadata() throws {
    let map = TableMapBytes(columns: [(3, []), (15, [40, 0])])
    for cut in Damage.truncations(of: map.body) { #expect(throws: DecodeError.self) { try read(cut) } }
  }

  /// `wide` has 300 columns: MySQL 9.7.4.
  @Test func aRealTableHasMoreThan255Columns() throws {
    let fixture = try Fixture("mysql-9.7-no-checksum")
    let maps = try fixture.events.filter { fixture.bytes[$0.lowerBound + 4] == EventType.tableMap.rawValue }
      .map { try read(Array(fixture.bytes[$0].dropFirst(19))) }
    let wide = try #require(maps.last { $0.table == "wide" })
    #expect(wide.columns.count == 300)
    #expect(wide.metadata.unsigned?.count == 300)
    #expect(wide.metadata.unsigned?.first == false)
    #expect(wide.metadata.unsigned?.dropFirst().allSatisfy(\.self) == true)
  }
}
