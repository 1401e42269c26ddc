import BinlogParser
import Bytes
import Testing

@Suite struct JSONBinaryTests {
  /// CREATE TABLE t (c JSON) on MySQL 9.7.4; INSERT INTO t VALUES (the SQL); the document's bytes in the row event. The
  /// text is SELECT's without spaces after ":" and ",", and 1.5e-7 where the server prints 0.00000015.
  @Test(arguments: [
    ("JSON_OBJECT()", "0000000400", "{}"), ("JSON_ARRAY()", "0200000400", "[]"),
    (
      "JSON_OBJECT('a', 1, 'b', JSON_ARRAY(1, 2.5e0, 'x', null, true, false))",
      "000200340012000100130001000501000214006162060020000501000b16000c1e0004000004010004020000000000000004400178",
      #"{"a":1,"b":[1,2.5,"x",null,true,false]}"#
    ),
    ("CAST('null' AS JSON)", "0400", "null"), ("CAST('true' AS JSON)", "0401", "true"),
    ("CAST('\"x\"' AS JSON)", "0c0178", "\"x\""), ("CAST('-1' AS JSON)", "05ffff", "-1"),
    ("CAST('65536' AS JSON)", "0700000100", "65536"),
    ("CAST('-2147483649' AS JSON)", "09ffffff7fffffffff", "-2147483649"),
    ("CAST('18446744073709551615' AS JSON)", "0affffffffffffffff", "18446744073709551615"),
    ("CAST('1.5' AS JSON)", "0b000000000000f83f", "1.5"),
    (
      "JSON_ARRAY(-1, 32767, 32768, 65535, 65536, -32769, 2147483647, 2147483648, 4294967296)",
      """
      020900430005ffff05ff7f071f00072300072700072b00072f00093300093b0000800000ffff000000000100ff7fffffffffff7f\
      00000080000000000000000001000000
      """,
      "[-1,32767,32768,65535,65536,-32769,2147483647,2147483648,4294967296]"
    ),
    (
      """
      JSON_ARRAY(CAST(x'ff' AS BINARY), DATE'2015-01-15', TIME'23:24:25.12', TIME'-100:00:00.5',
      TIMESTAMP'2015-01-15 23:24:25.12', -1.50, 12345678901234567890.123456789)
      """,
      """
      0207005b000f19000f1c000f26000f30000f3a000f44000f4a000f01ff0a0800000000001e95190b08c0d40119760100000b08e05e\
      f8ffbff9ffff0c08c0d40119761f9519f60403027ecdf60f1d098c149aa4350dfb38d2075bcd15
      """,
      """
      ["base64:type15:/w==","2015-01-15","23:24:25.120000","-100:00:00.500000","2015-01-15 23:24:25.120000",-1.50,\
      12345678901234567890.123456789]
      """
    ),
    (
      "JSON_ARRAY(CAST(99999999999999999999999999999999999.999999999999999999999999999999 AS DECIMAL(65,30)))",
      "02010029000f0700f620421e85f5e0ff3b9ac9ff3b9ac9ff3b9ac9ff3b9ac9ff3b9ac9ff3b9ac9ff03e7",
      "[99999999999999999999999999999999999.999999999999999999999999999999]"
    ),
    (
      "JSON_ARRAY(1e0, -0e0, 1e20, 1.5e-7, 0.1e0)",
      """
      0205003b000b13000b1b000b23000b2b000b3300000000000000f03f0000000000000080408cb5781daf154476830df4f521843e\
      9a9999999999b93f
      """,
      "[1.0,-0.0,1e20,1.5e-7,0.1]"
    ),
    (
      "JSON_OBJECT('bb', 1, 'a', 2, 'ccc', 3, 'é', 4, '', 5)",
      """
      0005002f002700000027000100280002002a0002002c000300050500050200050100050400050300616262c3a9636363
      """,
      #"{"":5,"a":2,"bb":1,"é":4,"ccc":3}"#
    ),
    (
      "JSON_OBJECT('k\"', x'715c0a01e282acf09f9880')",
      "0001001a000b0002000f0d006b220f0b715c0a01e282acf09f9880",
      #"{"k\"":"base64:type15:cVwKAeKCrPCfmIA="}"#
    ),
    (
      "JSON_ARRAY(b'101', CAST(2024 AS YEAR), CAST(1.1 AS FLOAT))",
      "02030018000f0d0006e8070b10000f0105000000a09999f13f", #"["base64:type15:BQ==",2024,1.100000023841858]"#
    ),
  ])
  func serverDocument(sql: String, hex: String, text: String) throws {
    #expect(try render(bytes(hex: hex)) == text)
  }

  /// SELECT JSON_ARRAY(CAST(REPEAT('a', 100) AS BINARY)) on MySQL 9.7.4 breaks the line after 76 characters.
  @Test func longOpaqueValue() throws {
    let value = [UInt8]([0x0F, 15, 100]) + [UInt8](repeating: UInt8(ascii: "a"), count: 100)
    #expect(
      try render(value)
        == "\"base64:type15:" + String(repeating: "YWFh", count: 19) + "\\n" + String(repeating: "YWFh", count: 14)
        + "YQ==\"")
  }

  @Test func noBytesAreNull() throws {
    #expect(try render([]) == "null")
  }

  @Test(arguments: [UInt64(31), 32, 33, 34], [false, true]) func randomDocuments(seed: UInt64, large: Bool) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<500 {
      let document = JSONValue.random(&random, depth: 5)
      #expect(try render(document.encoded(large: large)) == document.text)
    }
  }

  /// Keys of up to eight bytes are written as one word where the document goes on for so long: it does not behind a key whose
  /// value lies in the table.
  @Test(arguments: 0..<11) func keysOfEveryLength(length: Int) throws {
    for (character, escaped) in [
      ("a", "a"), ("\"", "\\\""), ("\\", "\\\\"), ("\n", "\\n"), ("é", "é"), ("\u{7F}", "\u{7F}"),
    ] {
      for place in 0...length {
        let (head, tail) = (String(repeating: "k", count: place), String(repeating: "z", count: length - place))
        for (value, text) in [(JSONValue.bool(true), "true"), (.string("twelve bytes"), "\"twelve bytes\"")] {
          let members = [("", value), (head + character + tail, value), (String(head), value)]
          #expect(
            try render(JSONValue.object(members).encoded(large: false))
              == "{\"\":\(text),\"\(head)\(escaped)\(tail)\":\(text),\"\(head)\":\(text)}")
        }
      }
    }
  }

  @Test(arguments: [false, true]) func nestsAsDeepAsTheServerAllows(large: Bool) throws {
    func nested(_ depth: Int) -> JSONValue { (0..<depth).reduce(.array([])) { inner, _ in .array([inner]) } }
    #expect(try render(nested(99).encoded(large: large)) == nested(99).text)
    #expect(throws: DecodeError.self) { try render(nested(100).encoded(large: large)) }
    #expect(throws: DecodeError.self) { try render(nested(3_000).encoded(large: large)) }
  }

  /// 30 arrays, each with two entries that both point at the next: followed, it would be 2^30 elements.
  @Test func sharedElementsDoNotMultiply() {
    var document: [UInt8] = [2]
    for level in 0..<30 {
      let size = UInt16((30 - level) * 10)
      document += [2, 0, UInt8(size & 0xFF), UInt8(size >> 8), 2, 10, 0, 2, 10, 0]
    }
    #expect(throws: DecodeError.self) { try render(document) }
  }

  /// An entry that points at the container's own head, an offset beyond the end, and a count beyond the bytes.
  @Test(arguments: [
    "020100070002000000", "02010007000c070000", "02ffff0400", "0301000000", "0d00", "0403", "0cffffffffff",
  ])
  func hostile(hex: String) {
    #expect(throws: DecodeError.self) { try render(bytes(hex: hex)) }
  }

  /// A length's high bits beyond 32, a DECIMAL of no such precision, a DATETIME in month 13, a TIME of 1000 hours.
  @Test(arguments: [
    "0c8080808010", "0ff603420080", "0f0c080000000000000080", "0f0c08ffffffffffffff7f", "0f0b0700000000000000",
  ])
  func hostileScalars(hex: String) {
    #expect(throws: DecodeError.self) { try render(bytes(hex: hex)) }
  }

  @Test(arguments: [false, true]) func damagedBytes(large: Bool) {
    var random = SplitMix64(seed: 41)
    for _ in 0..<40 {
      let document = JSONValue.random(&random, depth: 3).encoded(large: large)
      guard document.count < 600 else { continue }
      damage(document) { bytes in
        var out = OutputBuffer()
        do {
          try JSONBinary.append(bytes.span.bytes, to: &out)
          #expect(out.array.count <= 40 * bytes.count + 40)
        } catch { #expect(out.array.isEmpty) }
      }
    }
    let opaque = bytes(
      hex: "0207005b000f19000f1c000f26000f30000f3a000f44000f4a000f01ff0a0800000000001e95190b08c0d4011976")
    damage(opaque) { _ = try? render($0) }
  }

  /// Documents of one make, of many makes in turn, and damaged ones come out as each does alone.
  @Test(arguments: [false, true]) func keysOfTheDocumentBefore(large: Bool) {
    var random = SplitMix64(seed: 43)
    let makes = [
      ["a", "bb", "ccc"], ["a", "bb", "ccd"], ["bb", "a", "ccc"], ["q\"", "é", ""], [],
      ["long key of a member \u{1}", "b"],
    ]
    var keys = JSONKeys()
    for round in 0..<300 {
      // In the first half, most documents have the keys of the one before.
      let make = makes[round < 150 ? round / 25 : random.below(makes.count)]
      let members = make.map { ($0, JSONValue.random(&random, depth: 2)) }
      let document = JSONValue.object(members).encoded(large: large)
      expectSame(document, &keys)
      guard round % 10 == 0, document.count < 300 else { continue }
      damage(document) { expectSame($0, &keys) }
    }
  }

  private func expectSame(_ document: [UInt8], _ keys: inout JSONKeys) {
    var out = OutputBuffer()
    do { try JSONBinary.append(document.span.bytes, &keys, to: &out) } catch { out.append("error") }
    let alone = (try? render(document)) ?? "error"
    #expect(out.bytes.utf8String == alone)
  }

  private func render(_ document: [UInt8]) throws(DecodeError) -> String {
    try rendered { out throws(DecodeError) in try JSONBinary.append(document.span.bytes, to: &out) }
  }
}
