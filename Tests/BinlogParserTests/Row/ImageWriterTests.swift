import BinlogParser
import TestSupport
import Testing

/// Values that no fixture holds: what nobody described, and what is beyond what was described.
@Suite struct ImageWriterTests {
  /// One value of one column in JSON and as text, without key.
  private func written(
    _ type: UInt8, _ metadata: [UInt8], _ value: [UInt8], _ fields: [(type: UInt8, value: [UInt8])] = []
  ) throws -> (json: String, text: String) {
    let map = TableMapBytes(columns: [(type, metadata)], fields: fields)
    var replay = EventReplay()
    try replay.take(BinlogEvents.event(15, BinlogEvents.formatDescription(), flags: 0x20))
    try replay.take(BinlogEvents.event(19, map.body))
    let rows = try replay.take(BinlogEvents.event(30, map.rows(present: [1], [0] + value)))
    let image = try #require(rows.first?.after)
    let json = String(decoding: image.json, as: UTF8.self)
    let text = String(decoding: image.text, as: UTF8.self)
    try #require(json.hasPrefix("{\"c0\":") && text.hasPrefix("  [0] ") && text.hasSuffix("\n"))
    return (String(json.dropFirst(6).dropLast()), String(text.dropFirst(6).dropLast()))
  }

  private static let binary: [(type: UInt8, value: [UInt8])] = [(2, [63])]
  private static let latin1: [(type: UInt8, value: [UInt8])] = [(2, [8])]

  @Test(arguments: [
    (Array("déjà".utf8), #""déjà""#, #""déjà""#), ([0x64, 0xE9], #""0x64e9""#, "0x64e9"), ([], #""""#, #""""#),
    ([0x22, 0x0A], #""\"\n""#, #""\"\n""#),
  ])
  func bytesThatNobodyDescribedAreTextIfTheyAreUTF8(_ value: [UInt8], _ json: String, _ text: String) throws {
    let varchar = try written(15, [44, 1], BinlogEvents.littleEndian(UInt16(value.count)) + value)
    let blob = try written(252, [1], [UInt8(value.count)] + value)
    #expect(varchar == (json, text))
    #expect(blob == (json, text))
  }

  @Test func describedBytesAreTextOrBinary() throws {
    let value: [UInt8] = [2, 0x64, 0xE9]
    #expect(try written(15, [9, 0], value, Self.latin1) == (#""dé""#, #""dé""#))
    #expect(try written(15, [9, 0], value, Self.binary) == (#""0x64e9""#, "0x64e9"))
  }

  @Test func aBinaryColumnIsFilledUp() throws {
    #expect(try written(254, [254, 4], [2, 0xAB, 0x01], Self.binary) == (#""0xab010000""#, "0xab010000"))
    #expect(try written(15, [4, 0], [2, 0xAB, 0x01], Self.binary) == (#""0xab01""#, "0xab01"))
    #expect(try written(254, [254, 4], [2, 0x61, 0x62], Self.latin1) == (#""ab""#, #""ab""#))
  }

  @Test func longBinaryValuesAreCutInTextOnly() throws {
    for count in [256, 257] {
      let value = [UInt8](repeating: 0xAB, count: count)
      let hex = String(repeating: "ab", count: count)
      let both = try written(252, [2], BinlogEvents.littleEndian(UInt16(count)) + value, Self.binary)
      #expect(both.json == "\"0x\(hex)\"")
      #expect(both.text == (count == 256 ? "0x\(hex)" : "0x\(hex.prefix(64))... (257 bytes)"))
    }
  }

  @Test(arguments: [(UInt8(0), #""""#), (1, #""a\"b""#), (2, #""""#), (3, "3"), (255, "255")])
  func anEnumIsItsLabelOrItsIndex(_ index: UInt8, _ expected: String) throws {
    let labels: [UInt8] = [2] + [3, 0x61, 0x22, 0x62] + [0]
    #expect(try written(254, [0xF7, 1], [index], [(6, labels)]) == (expected, expected))
  }

  @Test func anEnumWithoutLabelsIsItsIndex() throws {
    #expect(try written(254, [0xF7, 2], [0x2C, 0x01]) == ("300", "300"))
    #expect(try written(254, [0xF7, 2], [0, 0]) == (#""""#, #""""#))
  }

  @Test(arguments: [(UInt8(0), #""""#), (1, #""x""#), (3, #""x,y""#), (4, "4"), (255, "255")])
  func aSetIsItsLabelsOrItsMask(_ mask: UInt8, _ expected: String) throws {
    #expect(try written(254, [0xF8, 1], [mask], [(5, [2, 1, 0x78, 1, 0x79])]) == (expected, expected))
  }

  @Test func aSetWithoutLabelsIsItsMask() throws {
    let all = [UInt8](repeating: 0xFF, count: 8)
    #expect(try written(254, [0xF8, 8], all).json == "18446744073709551615")
    #expect(try written(254, [0xF8, 8], [0, 0, 0, 0, 0, 0, 0, 0x80]).json == "9223372036854775808")
  }

  @Test func bitsAreBigEndian() throws {
    #expect(try written(16, [1, 1], [0x01, 0x02]).json == "258")
    #expect(try written(16, [0, 8], [0xFF, 0, 0, 0, 0, 0, 0, 1]).json == "18374686479671623681")
  }

  @Test func integersAreSignedUnlessTheTableMapSaysOtherwise() throws {
    let ones = [UInt8](repeating: 0xFF, count: 8)
    for (type, width, most) in [
      (UInt8(1), 1, "255"), (2, 2, "65535"), (9, 3, "16777215"), (3, 4, "4294967295"), (8, 8, "18446744073709551615"),
    ] {
      let value = Array(ones.prefix(width))
      #expect(try written(type, [], value).json == "-1")
      #expect(try written(type, [], value, [(1, [0x80])]).json == most)
      #expect(try written(type, [], value, [(1, [0x00])]).json == "-1")
    }
  }

  /// Infinities and not-a-number are in no column; JSON has no spelling for them.
  @Test func numbersThatAreNoneAreNull() throws {
    #expect(try written(4, [4], BinlogEvents.littleEndian(Float.infinity.bitPattern)) == ("null", "NULL"))
    #expect(try written(5, [8], BinlogEvents.littleEndian(Double.nan.bitPattern)) == ("null", "NULL"))
  }

  @Test(arguments: [UInt8(0), 6, 200])
  func otherTypesAreRefused(_ type: UInt8) throws {
    do {
      _ = try written(type, [], [0, 0, 0, 0])
      Issue.record("type \(type) was read")
    } catch let error as BinlogError {
      #expect(error.cause == .unsupportedColumnType(type))
    }
  }
}
