import Bytes
import MySQLWire
import Testing

@Suite struct ResponsePacketTests {
  @Test func errPacket() throws {
    let payload = [0xFF, 0xD4, 0x04] + Array("#HY000Could not find first log file name\u{1B}[2J\n".utf8)
    let packet = try ERRPacket(payload.span.bytes)
    #expect(packet.code == 1236)
    #expect(packet.sqlState == "HY000")
    #expect(packet.description == "ERROR 1236 (HY000): Could not find first log file name [2J ")
    torture(payload) { _ = try ERRPacket($0) }
  }

  @Test("A server's message is shown up to its 2048th byte, and turns no line around")
  func longMessage() throws {
    let payload = [0xFF, 0x10, 0x04] + Array("\u{202E}\u{2028}\u{85}".utf8) + [UInt8](repeating: 0x78, count: 100_000)
    let message = try ERRPacket(payload.span.bytes).message
    #expect(message.hasPrefix("   xxx"))
    #expect(message.hasSuffix("x… (100008 bytes)"))
    #expect(message.utf8.count < 2100)
  }

  /// Before the login there is no SQLSTATE.
  @Test func errPacketWithoutState() throws {
    let payload = [0xFF, 0x10, 0x04] + Array("Too many connections".utf8)
    #expect(try ERRPacket(payload.span.bytes).message == "Too many connections")
    #expect(try ERRPacket(payload.span.bytes).sqlState == "HY000")
  }

  @Test func okPacket() throws {
    let payload: [UInt8] = [0, 0xFC, 0x00, 0x01, 5, 2, 0, 1, 0, 0x78]
    let packet = try OKPacket(payload.span.bytes)
    #expect(packet.affectedRows == 256)
    #expect(packet.statusFlags == 2)
    #expect(packet.warnings == 1)
    torture(payload) { _ = try OKPacket($0) }
  }

  @Test func eofPacket() throws {
    let payload: [UInt8] = [0xFE, 1, 0, 2, 0]
    #expect(try EOFPacket(payload.span.bytes).statusFlags == 2)
    #expect(EOFPacket.matches(payload.span.bytes) == true)
    #expect(EOFPacket.matches((payload + [0, 0, 0, 0]).span.bytes) == false)
    torture(payload) { _ = try EOFPacket($0) }
  }
}

@Suite struct ResultSetTests {
  static func lenenc(_ text: String) -> [UInt8] { encoded { $0.appendLengthEncoded(Array(text.utf8)) } }

  static func column(_ name: String) -> [UInt8] {
    ["def", "", "t", "t", name, name].flatMap(lenenc) + [12, 45, 0, 0, 1, 0, 0, 253, 0, 0, 0, 0, 0]
  }

  static let end: [UInt8] = [0xFE, 0, 0, 2, 0]

  /// `SELECT 1 AS a, NULL AS b UNION SELECT '', …` with a value of 300 bytes.
  static let response: [[UInt8]] = [
    [2], column("a"), column("b"), end, lenenc("1") + [0xFB], lenenc("") + lenenc(String(repeating: "é", count: 150)),
    end,
  ]

  static func decode(_ payloads: [[UInt8]]) throws -> ResultSet? {
    var decoder = ResultSetDecoder()
    var result: ResultSet?
    for payload in payloads { result = try decoder.receive(payload.span.bytes) }
    return result
  }

  @Test func rowsAndNulls() throws {
    let result = try #require(try Self.decode(Self.response))
    #expect(result.columns == ["a", "b"])
    #expect(result.rows == [["1", nil], ["", String(repeating: "é", count: 150)]])
    #expect(result.first("A") == "1")
    #expect(result.first("b") == nil)
    #expect(result.first("c") == nil)
  }

  @Test func statementWithoutResult() throws {
    let result = try #require(try Self.decode([[0, 0, 0, 2, 0, 0, 0]]))
    #expect(result.columns.isEmpty && result.rows.isEmpty)
  }

  @Test func errors() {
    let refusal = [0xFF, 0x28, 0x04] + Array("#42000You have an error".utf8)
    #expect(throws: WireFailure.server(ERRPacket(code: 1064, sqlState: "42000", message: "You have an error"))) {
      try Self.decode([refusal])
    }
    #expect(throws: WireFailure.localInfileRefused) { try Self.decode([[0xFB] + Array("/etc/passwd".utf8)]) }
    #expect(throws: WireFailure.self) { try Self.decode([[]]) }
    #expect(throws: WireFailure.self) { try Self.decode([[0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]]) }
    #expect(throws: WireFailure.self) { try Self.decode([[0, 0, 0, 0x08, 0, 0, 0]]) }
    #expect(throws: WireFailure.self) {
      try Self.decode(Self.response.dropLast(3) + [Self.lenenc("1") + [0xFB, 0xFB]])
    }
  }

  /// Rows of NULLs are small on the wire and large in memory; empty rows cost something too.
  @Test(arguments: [1, 100]) func aResultWithoutEnd(columns: Int) throws {
    var decoder = ResultSetDecoder(limit: 1 << 20)
    let head = [[UInt8(columns)]] + Array(repeating: Self.column("a"), count: columns) + [Self.end]
    for payload in head { _ = try decoder.receive(payload.span.bytes) }
    let row = [UInt8](repeating: 0xFB, count: columns)
    var count = 0
    #expect(throws: WireFailure.self) {
      while count < 1 << 20 {
        _ = try decoder.receive(row.span.bytes)
        count += 1
      }
    }
    #expect(count * (64 + columns * 17) < 1 << 20 && count > 100)
  }

  @Test func brokenPackets() {
    for index in Self.response.indices {
      torture(Self.response[index]) { payload in
        var decoder = ResultSetDecoder()
        for earlier in Self.response[..<index] { _ = try decoder.receive(earlier.span.bytes) }
        _ = try decoder.receive(payload)
        for later in Self.response[(index + 1)...] { _ = try decoder.receive(later.span.bytes) }
      }
    }
  }
}
