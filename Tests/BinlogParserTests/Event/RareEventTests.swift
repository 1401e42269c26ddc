import BinlogParser
import Bytes
import TestSupport
import Testing

/// Events that few logs hold: bodies of real servers, without checksum, and what SHOW BINLOG EVENTS says of them.
@Suite struct RareEventTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    let type: UInt8
    let body: String
    /// Each field as "name=value".
    let fields: [String]
    /// Number of bytes at the body's start that are needed: what follows is passed over.
    var needed: Int?
    var testDescription: String { "\(EventType(rawValue: type)) \(fields)" }
    var bytes: [UInt8] { [UInt8](hexadecimal: body) ?? [] }
  }

  /// MySQL 9.7.4: SET gtid_next = 'AUTOMATIC:mytag'; then one with a tag of 32 letters; XA PREPARE 'gl','br',7.
  static let mysql = [
    Sample(
      type: 42,
      body: "0276000002022903709d0205039503ac22c5032902ad0304f103000000020404060a6d7974616708040a080c7f5f781081c06006"
        + "1039031283120b",
      fields: ["GTID=ca38a7c1-e556-11f1-8aeb-02fc00000001:mytag:1"], needed: 42),
    Sample(
      type: 42,
      body: "02b600000002fd03b90375033103ed02a90265022102eeccaa8866442200041f0a8d4c5f0e06406c6f6e675f7461675f6f665f7468"
        + "697274795f74776f5f63686172616374657208080a100c7f6da31081c0600610e9041283120b",
      fields: ["GTID=ffeeddcc-bbaa-9988-7766-554433221100:long_tag_of_thirty_two_character:123456789012"], needed: 73),
    Sample(type: 38, body: "00070000000200000002000000676c6272", fields: ["XID=X'676c',X'6272',7", "One Phase=no"]),
    Sample(
      type: 41, body: "010d62696e6c6f672e3030303030310209fe000000000200000000",
      fields: ["Position=binlog.000001:8589934592"], needed: 26),
  ]

  /// MariaDB 11.8.6: the head of its second file, and XA PREPARE 'gl','br',7.
  static let mariadb = [
    Sample(type: 161, body: "0d00000062696e6c6f672e303030303031", fields: ["File=binlog.000001"]),
    Sample(type: 163, body: "0100000000000000ee8100000200000000000000", fields: ["GTIDs=0-33262-2"]),
    Sample(type: 162, body: "0300000000000000000000000c100a00000000", fields: ["GTID=0-33262-3"], needed: 13),
    Sample(type: 160, body: "53454c45435420310a", fields: [#"Query="SELECT 1\n""#], needed: 0),
    Sample(type: 38, body: "00070000000200000002000000676c6272", fields: ["XID=X'676c',X'6272',7", "One Phase=no"]),
  ]

  /// By the document of the event: no log of ours holds one.
  static let documented = [
    Sample(type: 164, body: "0101000000000102030405060708090a0b", fields: ["Scheme=1", "Key Version=1"])
  ]

  /// A stream that knows the format of its events.
  private func formattedStream() throws -> EventFramer {
    var stream = EventFramer(at: BinlogPosition(file: "binlog.000001", offset: 4), checksum: .none)
    _ = try stream.accept(
      BinlogEvents.event(15, BinlogEvents.formatDescription(), flags: 0x20).span.bytes, at: 0)
    return stream
  }

  private func fields(_ type: UInt8, _ body: [UInt8]) throws -> [String] {
    var stream = try formattedStream()
    let event = BinlogEvents.event(type, body, serverID: 33_262)
    let frame = try stream.accept(event.span.bytes, at: 0)
    return try DescribedEvent(frame, frame.body(in: event.span.bytes), stream.format).fields.dropFirst(6).map {
      "\($0.name)=\($0.value)"
    }
  }

  @Test(arguments: mysql + mariadb + documented)
  func fieldsAreWhatTheServerSays(_ sample: Sample) throws {
    #expect(try fields(sample.type, sample.bytes) == sample.fields)
  }

  @Test(arguments: mysql + mariadb + documented)
  func cutBodiesAreErrors(_ sample: Sample) {
    let bytes = sample.bytes
    for cut in Damage.truncations(of: Array(bytes.prefix(sample.needed ?? bytes.count))) {
      if sample.type == 41, [0, 15].contains(cut.count) { continue }  // Whole fields only: nothing is cut.
      #expect(throws: DecodeError.self, "\(cut.count)") { try fields(sample.type, cut) }
    }
  }

  @Test(arguments: mysql + mariadb + documented)
  func damagedBodiesAreErrorsOrFields(_ sample: Sample) {
    for damaged in Damage.bitFlips(of: sample.bytes) {
      let written = (try? fields(sample.type, damaged)) ?? []
      #expect(written.reduce(0) { $0 + $1.utf8.count } < 1000)
    }
  }

  /// MariaDB pads an empty list, so that a reader can tell it from one of a server before 10.0.3.
  @Test func anEmptyGTIDListIsPadded() throws {
    #expect(try fields(163, [0, 0, 0, 0, 0, 0]) == ["GTIDs="])
    #expect(throws: DecodeError.self) { try fields(163, [0xFF, 0xFF, 0xFF, 0x0F]) }
  }

  @Test func twoGTIDsAreAList() throws {
    let body =
      [2, 0, 0, 0x10] as [UInt8] + [UInt32(0), 1, 42, 0, 7, 2, 9, 1].flatMap { BinlogEvents.littleEndian($0) }
    #expect(try fields(163, body) == ["GTIDs=0-1-42,7-2-4294967305"])
  }

  @Test func partsOfAnXAIDHaveALimit() throws {
    let body = [1, 1, 0, 0, 0, 65, 0, 0, 0, 0, 0, 0, 0] as [UInt8] + [UInt8](repeating: 1, count: 65)
    #expect(throws: DecodeError(.tooLarge, at: 5, "length of an XA id")) { try XAPrepareEvent(body.span.bytes) }
  }

  @Test(
    "A long list of intervals comes in pieces, and is the same text as in one",
    arguments: [0, 1, 1023, 1024, 1025, 5000])
  func longSetsComeInPieces(_ count: UInt64) throws {
    var body =
      BinlogEvents.littleEndian(UInt64(1)) + [UInt8](repeating: 7, count: 16) + BinlogEvents.littleEndian(count)
    for number in 0..<count {
      body += BinlogEvents.littleEndian(3 * number + 1) + BinlogEvents.littleEndian(3 * number + 2 + number % 2)
    }
    #expect(try fields(35, body) == ["GTIDs=\(try PreviousGTIDsEvent(body.span.bytes))"])
  }

  @Test("A statement comes in pieces, none of which is large")
  func longStatementsComeInPieces() throws {
    var stream = try formattedStream()
    let event = BinlogEvents.event(160, [UInt8](repeating: 1, count: 1 << 20))
    let frame = try stream.accept(event.span.bytes, at: 0)
    let described = try DescribedEvent(frame, frame.body(in: event.span.bytes), nil)
    #expect(described.fields.last?.value.utf8.count == (6 << 20) + 2)
    #expect(described.largestPiece < 128 << 10)
  }

  /// The fields of each event of `fixture`, "TYPE name=value", with the header's left out.
  private func described(_ fixture: Fixture) throws -> [String] {
    var stream = EventFramer(at: BinlogPosition(file: "binlog.000001", offset: 4), checksum: .none)
    return try fixture.events.flatMap { range in
      let event = Array(fixture.bytes[range])
      let frame = try stream.accept(event.span.bytes, at: 0)
      return try DescribedEvent(frame, frame.body(in: event.span.bytes), stream.format).fields.dropFirst(6).map {
        "\(frame.header.type) \($0.name)=\($0.value)"
      }
    }
  }

  @Test func taggedAndPreparedTransactionsOfMySQL() throws {
    let lines = try described(Fixture("mysql-9.7-tagged-gtid"))
    #expect(lines.contains { $0.hasPrefix("GTID_TAGGED GTID=") && $0.contains(":mytag:") })
    #expect(lines.contains("XA_PREPARE XID=X'676c6f62616c',X'6272616e6368',7"))
  }

  @Test func annotatedAndPreparedTransactionsOfMariaDB() throws {
    let lines = try described(Fixture("mariadb-11.8-annotated"))
    #expect(lines.contains(#"ANNOTATE_ROWS Query="INSERT INTO annotated VALUES (1, 'plain')""#))
    #expect(lines.contains("XA_PREPARE XID=X'676c6f62616c',X'6272616e6368',7"))
    for name in ["MARIADB_GTID GTID=0-", "MARIADB_GTID_LIST GTIDs=0-", "BINLOG_CHECKPOINT File=binlog."] {
      #expect(lines.contains { $0.hasPrefix(name) })
    }
  }

  @Test(arguments: Fixture.readable)
  func everyEventIsDescribedAlsoWhenDamaged(_ name: String) throws {
    let fixture = try Fixture(name)
    #expect(try !described(fixture).isEmpty)
    var stream = EventFramer(at: BinlogPosition(file: "binlog.000001", offset: 4), checksum: .none)
    for range in fixture.events {
      let event = Array(fixture.bytes[range])
      for damaged in Damage.bitFlips(of: Array(event.prefix(160))) {
        var after = stream
        let sealed = BinlogEvents.sealed(damaged, checksum: stream.format?.checksum == .crc32)
        guard let frame = try? after.accept(sealed.span.bytes, at: 0) else { continue }
        _ = try? DescribedEvent(frame, frame.body(in: sealed.span.bytes), after.format)
      }
      _ = try stream.accept(event.span.bytes, at: 0)
    }
  }
}
