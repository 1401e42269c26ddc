import BinlogParser
import Bytes
import TestSupport
import Testing

/// Mistakes that readers of binlogs made, where no other test shows that this one does not. docs/pitfalls.md lists all of
/// them by these numbers, each with its test.
@Suite struct PitfallsTests {
  private func replay(algorithm: UInt8 = 0, version: String = "8.0.40") throws -> EventReplay {
    var replay = EventReplay()
    let body = BinlogEvents.formatDescription(version: version, algorithm: algorithm)
    try replay.take(BinlogEvents.sealed(BinlogEvents.event(15, body, flags: 0x20)))
    return replay
  }

  /// The JSON of the only row's after image.
  private func json(_ map: TableMapBytes, _ body: [UInt8], type: UInt8 = 30) throws -> String {
    var replay = try replay()
    try replay.take(BinlogEvents.event(19, map.body))
    let row = try #require(try replay.take(BinlogEvents.event(type, body)).first)
    return String(decoding: row.after?.json ?? [], as: UTF8.self)
  }

  private func json(_ hex: (map: String, rows: String), type: UInt8) throws -> String {
    var replay = try replay(version: "11.8.6-MariaDB")
    try replay.take(BinlogEvents.event(19, [UInt8](hexadecimal: hex.map) ?? []))
    let rows = try replay.take(BinlogEvents.event(type, [UInt8](hexadecimal: hex.rows) ?? []))
    return String(decoding: rows.first?.after?.json ?? [], as: UTF8.self)
  }

  /// Field `name` of an event with `body`.
  private func field(_ name: String, _ type: UInt8, _ body: [UInt8]) throws -> String? {
    var stream = try replay().stream
    let event = BinlogEvents.event(type, body)
    let frame = try stream.accept(event.span.bytes, at: 0)
    let described = try DescribedEvent(frame, frame.body(in: event.span.bytes), stream.format)
    return described.fields.first { $0.name == name }?.value
  }

  @Test("2: the file's format says whether events have checksums, whatever was asked for")
  func theFormatDecides() throws {
    var sums = try replay(algorithm: 1)
    try sums.take(BinlogEvents.event(16, BinlogEvents.littleEndian(UInt64(1)), checksum: true))
    #expect(throws: BinlogError.self) {
      try sums.take(BinlogEvents.event(16, BinlogEvents.littleEndian(UInt64(1))))
    }
    var bare = try replay()
    try bare.take(BinlogEvents.event(16, BinlogEvents.littleEndian(UInt64(1))))
  }

  @Test("3: a made up ROTATE to the file that is being read moves nothing")
  func aRotateToTheSameFile() throws {
    var replay = try replay()
    let here = replay.stream.position
    let body = BinlogEvents.littleEndian(here.offset) + Array(here.file.utf8)
    try replay.take(BinlogEvents.event(4, body, flags: 0x20))
    #expect(replay.stream.position == here)
  }

  @Test("16: no other header flag than the one of made up events moves a position", arguments: 0..<16)
  func headerFlags(_ bit: Int) throws {
    var replay = try replay()
    let before = replay.stream.position.offset
    try replay.take(BinlogEvents.event(16, BinlogEvents.littleEndian(UInt64(1)), flags: 1 << UInt16(bit)))
    #expect(replay.stream.position.offset == (1 << bit == 0x20 ? before : before + 27))
  }

  @Test("20: an InnoDB binlog of MariaDB 12.3 is named for what it is, and is not read as events")
  func innoDBBinlog() {
    let page = [0xFE, 0xFE, 0x0D, 0x01] + BinlogEvents.littleEndian(UInt32(14)) + BinlogEvents.littleEndian(UInt32(1))
    let error = #expect(throws: BinlogError.self) { try BinlogFileMagic.check(page.span.bytes) }
    #expect(error?.description.contains("InnoDB binlog of MariaDB") == true)
    #expect(error?.hint.contains("mariadb-binlog") == true)
  }

  @Test("31: status variables of MariaDB (128 to 131) and of MySQL (254) are passed over by their length")
  func statusVariables() throws {
    for status: [UInt8] in [[128, 1], [129, 9, 9, 9, 9, 9, 9, 9, 9], [131, 0xFF], [254, 0xFF, 0xFF], []] {
      let head: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0] + BinlogEvents.littleEndian(UInt16(status.count))
      #expect(try field("Query", 2, head + status + Array("d\0BEGIN".utf8)) == #""BEGIN""#)
    }
  }

  @Test("32: the length byte of ROWS_QUERY is ignored", arguments: [UInt8(0), 7, 255])
  func rowsQuery(_ length: UInt8) throws {
    let statement = String(repeating: "x", count: 300)
    #expect(try field("Query", 29, [length] + Array(statement.utf8)) == "\"\(statement)\"")
  }

  @Test(
    "37: extra row info of NDB and of partitions is passed over",
    arguments: [[], [0, 3, 1, 0xFF], [1, 5, 0], [1, 5, 0, 7, 0]] as [[UInt8]])
  func extraRowInfo(_ extra: [UInt8]) throws {
    let map = TableMapBytes(columns: [(1, [])])
    #expect(try json(map, map.rows(present: [1], [0, 5], extra: extra)) == #"{"c0":5}"#)
  }

  @Test("40: unknown fields of the optional metadata are passed over")
  func unknownMetadata() throws {
    let names: [UInt8] = [2, 105, 100]
    let map = TableMapBytes(columns: [(1, [])], fields: [(99, [1, 2, 3]), (4, names), (13, [])])
    #expect(try json(map, map.rows(present: [1], [0, 5])) == #"{"id":5}"#)
  }

  /// Ten numeric columns with a VARCHAR between them; the bits say that the first, the YEAR and the tenth are unsigned.
  @Test("41: signs are counted over numeric columns only, YEAR among them, from the highest bit on")
  func signedness() throws {
    let numbers: [(UInt8, [UInt8])] = [(1, []), (15, [9, 0]), (13, [])] + .init(repeating: (1, []), count: 8)
    let map = TableMapBytes(columns: numbers, fields: [(1, [0b1100_0000, 0b0100_0000])])
    let images: [UInt8] = [0, 0xF8, 0xFF, 0, 124] + [UInt8](repeating: 0xFF, count: 8)
    let expected = #"{"c0":255,"c1":"","c2":2024,"c3":-1,"c4":-1,"c5":-1,"c6":-1,"c7":-1,"c8":-1,"c9":-1,"c10":255}"#
    #expect(try json(map, map.rows(present: [0xFF, 0x07], images)) == expected)
  }

  @Test("42: character sets are counted over columns of text only", arguments: [UInt8(3), 246, 12, 245])
  func characterSets(_ between: UInt8) throws {
    let metadata: [UInt8: [UInt8]] = [246: [4, 0], 245: [4]]
    let columns: [(UInt8, [UInt8])] = [(15, [9, 0]), (between, metadata[between] ?? []), (15, [9, 0])]
    let map = TableMapBytes(columns: columns, fields: [(2, [63, 1, 8])])
    let images: [UInt8] = [0b010, 1, 0xE9, 1, 0xE9]
    #expect(
      try json(map, map.rows(present: [7], [0b1111_1010] + images.dropFirst())) == #"{"c0":"0xe9","c1":null,"c2":"é"}"#)
  }

  @Test("44: TYPED_ARRAY is 20, and was 244 in MySQL 8.0.17", arguments: [UInt8(20), 244])
  func typedArray(_ code: UInt8) throws {
    let map = TableMapBytes(columns: [(code, [15, 40, 0, 0]), (1, [])])
    #expect(try json(map, map.rows(present: [2], [0, 5])) == #"{"c1":5}"#)
  }

  /// INET4 '1.2.3.0', INET6 '2001:db8::' and a UUID in a log of MariaDB 11.8.6 with all metadata: BINARY, without the zeros
  /// at the end, and nothing that tells them from other BINARY columns.
  @Test("47: BINARY values are filled up again, MariaDB's INET4, INET6 and UUID among them")
  func trimmedZeros() throws {
    let map =
      "12000000000001000472617265000176000403fefefe06fe10fe04fe100e01010002013f040b026964017502693402693608010"
      + "0"
    let rows = "1200000000000100040ff0010000001000112233445566778899aabbccddeeff030102030420010db8"
    let expected =
      #"{"id":1,"u":"0x00112233445566778899aabbccddeeff","i4":"0x01020300","#
      + #""i6":"0x20010db8000000000000000000000000"}"#
    #expect(try json((map, rows), type: 23) == expected)
  }

  /// MariaDB 11.8.6, tables made with mysql56_temporal_format = OFF: TIME '-838:59:59', DATETIME and TIMESTAMP
  /// '2024-01-31 10:11:12'.
  @Test("54, 55: old temporal types are read, with their sign")
  func oldTemporals() throws {
    let map = "1600000000000100047261726500026c6f0004030b0c07000e010100040b0269640174026474027473080100"
    let rows = "1600000000000100040ff001000000590a80b811d38568120000c01cba65"
    let expected =
      #"{"id":1,"t":"-838:59:59","dt":"2024-01-31 10:11:12","ts":"2024-01-31T10:11:12Z"}"#
    #expect(try json((map, rows), type: 23) == expected)
  }

  /// The same with TIME(3), DATETIME(6) and TIMESTAMP(6), whose table map looks like that of the types without fraction.
  @Test("58: MariaDB's old temporal types with fractions are an error, not other values")
  func oldFractions() {
    let map =
      "17000000000001000472617265000268690007030b0b0c0c0707007e010100041602696401740274330264740364743602747303747336080100"
    let rows = "1700000000000100077f8001000000c01dfe00b6bad215b811d385681200000102785ff234d240c01cba6565ba1cc007a120"
    let error = #expect(throws: BinlogError.self) { try json((map, rows), type: 23) }
    #expect(error?.cause == .hiddenFractions)
    #expect(error?.column == "t3")
  }

  @Test("63: values of a JSON array are found by their offsets, in whatever order they lie")
  func valuesOutOfOrder() throws {
    let array: [UInt8] = [2, 2, 0, 14, 0, 12, 12, 0, 12, 10, 0, 1, 0x62, 1, 0x61]
    let map = TableMapBytes(columns: [(245, [4])])
    #expect(try json(map, map.rows(present: [1], [0, 15, 0, 0, 0] + array)) == #"{"c0":["a","b"]}"#)
  }
}
