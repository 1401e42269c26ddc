import BinlogParser
import Bytes
import TestSupport
import Testing

/// QUERY, XID, ROTATE and the two kinds of GTID: bodies by hand, each cut at every byte, and those of real servers.
@Suite struct SmallEventTests {
  private func query(_ body: [UInt8]) throws(DecodeError) -> (schema: String, statement: String) {
    let event = try QueryEvent(body.span.bytes)
    return (event.schema.utf8String, event.statement.utf8String)
  }

  private static let queryBody: [UInt8] =
    [1, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 3, 0] + [0xFE, 0xFD, 0xFC] + Array("shop\0BEGIN".utf8)

  @Test func aQueryHasASchemaAndAStatement() throws {
    let event = try query(Self.queryBody)
    #expect(event.schema == "shop")
    #expect(event.statement == "BEGIN")
  }

  @Test func aCutQueryIsAnError() {
    for cut in Damage.truncations(of: Self.queryBody.dropLast(5)) {
      #expect(throws: DecodeError.self) { try query(cut) }
    }
  }

  /// BEGIN in a file of MySQL 9.7.4.
  @Test func aRealQueryIsRead() throws {
    let fixture = try Fixture("mysql-9.7-full")
    let range = try #require(fixture.events.first { fixture.bytes[$0.lowerBound + 4] == EventType.query.rawValue })
    #expect(try query(Array(fixture.bytes[range].dropFirst(19).dropLast(4))).statement == "BEGIN")
  }

  @Test func anXIDIsANumber() throws {
    let body = BinlogEvents.littleEndian(UInt64(0x1122_3344_5566_7788))
    #expect(try XIDEvent(body.span.bytes).xid == 0x1122_3344_5566_7788)
    for cut in Damage.truncations(of: body) { #expect(throws: DecodeError.self) { try XIDEvent(cut.span.bytes) } }
  }

  @Test func aRotateNamesAPlace() throws {
    let body = BinlogEvents.littleEndian(UInt64(0x1_0000_0004)) + Array("binlog.1000000".utf8)
    let event = try RotateEvent(body.span.bytes)
    #expect(event.next == BinlogPosition(file: "binlog.1000000", offset: 0x1_0000_0004))
    #expect(event.next.description == "binlog.1000000:4294967300")
    for cut in Damage.truncations(of: Array(body.prefix(9))) {
      #expect(throws: DecodeError.self) { try RotateEvent(cut.span.bytes) }
    }
  }

  /// Output files are called after it.
  @Test(arguments: [
    "../evil.000001", "/etc/cron.d/x", "a\\b", "a\u{0}b", "a\nb", "\u{7F}", String(repeating: "n", count: 256),
  ])
  func aFileNameThatIsNone(name: String) {
    let body = BinlogEvents.littleEndian(UInt64(4)) + Array(name.utf8)
    #expect(throws: DecodeError(.invalid, at: 8, "next file name")) { try RotateEvent(body.span.bytes) }
  }

  @Test func aGTIDIsAServerAndANumber() throws {
    let source: [UInt8] = (0..<16).map { $0 * 17 }
    let body = [1] + source + BinlogEvents.littleEndian(UInt64(42)) + [2, 0, 0]
    #expect(try GTIDEvent(body.span.bytes).description == "00112233-4455-6677-8899-aabbccddeeff:42")
    for cut in Damage.truncations(of: Array(body.prefix(25))) {
      #expect(throws: DecodeError.self) { try GTIDEvent(cut.span.bytes) }
    }
  }

  private func previousGTIDs(_ first: UInt64, _ end: UInt64) throws(DecodeError) -> PreviousGTIDsEvent {
    let head = [1] + [UInt8](repeating: 0, count: 7 + 16)
    let body = head + [1, first, end].flatMap { BinlogEvents.littleEndian($0) }
    return try PreviousGTIDsEvent(body.span.bytes)
  }

  /// The largest such interval has as many numbers as a signed integer counts.
  @Test func intervalsHaveTheNumbersOfTransactions() throws {
    let event = try previousGTIDs(1, UInt64(Int64.max))
    #expect(event.description == "00000000-0000-0000-0000-000000000000:1-9223372036854775806")
    for (first, end) in [(0, 2), (0, UInt64.max), (2, 2), (2, 1), (1, UInt64(Int64.max) + 1)] as [(UInt64, UInt64)] {
      #expect(throws: DecodeError(.invalid, at: 32, "interval")) { try previousGTIDs(first, end) }
    }
  }

  @Test func aMariaDBGTIDIsADomainAndANumber() throws {
    let body = BinlogEvents.littleEndian(UInt64(77)) + BinlogEvents.littleEndian(UInt32(3)) + [0x0C]
    let event = try MariaDBGTIDEvent(body.span.bytes)
    #expect(event.domainID == 3)
    #expect(event.sequenceNumber == 77)
    for cut in Damage.truncations(of: body) {
      #expect(throws: DecodeError.self) { try MariaDBGTIDEvent(cut.span.bytes) }
    }
  }
}
