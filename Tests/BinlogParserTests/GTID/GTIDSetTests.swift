import BinlogParser
import TestSupport
import Testing

/// Sets of either server, and the GTIDs that events give.
@Suite struct GTIDSetTests {
  @Test func theTextTellsTheServer() throws {
    #expect(try GTIDSet(GTIDSamples.executed) == .mysql(MySQLGTIDSet(GTIDSamples.executed)))
    #expect(try GTIDSet("0-1-5,1-1-6") == .mariadb(MariaDBGTIDPosition("0-1-5,1-1-6")))
    #expect(try GTIDSet("\(GTIDSamples.a):1").description == "\(GTIDSamples.a):1")
    #expect(try GTIDSet("1-1-6,0-1-5").description == "0-1-5,1-1-6")
  }

  @Test(arguments: [
    ("", GTIDSetError.Reason.empty), (" \n", .empty), (",", .expectedNumber), (":", .expectedUUID),
    ("0-1", .expectedHyphen),
    (GTIDSamples.a, .expectedNumber), ("0-1-5,\(GTIDSamples.a):1", .expectedUUID),
    ("\(GTIDSamples.a):1,0-1-5", .expectedUUID),
  ])
  func whatBelongsToNoServerIsAnError(_ text: String, _ reason: GTIDSetError.Reason) {
    #expect(throws: GTIDSetError.self) { try GTIDSet(text) }
    do { _ = try GTIDSet(text) } catch { #expect(error.reason == reason) }
  }

  @Test func aSetGrowsByGTIDsOfItsOwnServer() throws {
    let mysql = GTID.mysql(source: try GTIDSamples.uuid(0xAB), tag: "t", number: 5)
    let mariadb = GTID.mariadb(domain: 1, server: 2, sequence: 3)
    var set = GTIDSet.mysql(MySQLGTIDSet())
    set.add(mariadb)
    #expect(set.isEmpty)
    set.add(mysql)
    #expect(set.description == mysql.description)
    var position = GTIDSet.mariadb(MariaDBGTIDPosition())
    position.add(mysql)
    #expect(position.isEmpty)
    position.add(mariadb)
    #expect(position.description == mariadb.description)
    #expect(!set.isSuperset(of: position) && !position.isSuperset(of: set))
    #expect(set.isSuperset(of: .mariadb(MariaDBGTIDPosition())))
    #expect(position.isSuperset(of: position) && set.isSuperset(of: set))
  }

  // MARK: Events

  private static let source: [UInt8] = (0..<16).map { $0 * 17 }

  private func event(_ number: UInt64) throws -> GTIDEvent {
    try GTIDEvent(([1] + Self.source + BinlogEvents.littleEndian(number)).span.bytes)
  }

  @Test func aMySQLEventHasAGTIDUnlessItIsAnonymous() throws {
    #expect(try event(42).gtid?.description == "00112233-4455-6677-8899-aabbccddeeff:42")
    #expect(try event(0).gtid == nil)
    #expect(throws: (any Error).self) { try event(UInt64(Int64.max)) }
  }

  @Test func aMariaDBEventHasAGTIDAndFlags() throws {
    let head = BinlogEvents.littleEndian(UInt64(77)) + BinlogEvents.littleEndian(UInt32(3))
    let event = try MariaDBGTIDEvent((head + [0x29]).span.bytes)
    #expect(event.gtid(server: 4) == .mariadb(domain: 3, server: 4, sequence: 77))
    #expect(event.gtid(server: 4)?.description == "3-4-77")
    #expect(event.flags == [.standalone, .allowParallel, .ddl])
    #expect(event.isStandalone)
    #expect(try !MariaDBGTIDEvent((head + [0x0C]).span.bytes).isStandalone)
    let unnumbered = [UInt8](repeating: 0, count: 8) + head.dropFirst(8) + [0]
    #expect(try MariaDBGTIDEvent(unnumbered.span.bytes).gtid(server: 4) == nil)
  }

  /// The GTIDs of a fixture's transactions, in the order of the log.
  private func gtids(_ fixture: String) throws -> [GTID] {
    let fixture = try Fixture(fixture)
    return try fixture.events.compactMap { range in
      let event = Array(fixture.bytes[range])
      let body = Array(event.dropFirst(19).dropLast(4))
      switch EventType(rawValue: event[4]) {
      case .gtid: return try GTIDEvent(body.span.bytes).gtid
      case .taggedGTID: return try TaggedGTIDEvent(body.span.bytes).gtid
      case .mariadbGTID:
        let server = event[5..<9].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return try MariaDBGTIDEvent(body.span.bytes).gtid(server: server)
      default: return nil
      }
    }
  }

  @Test func theTransactionsOfRealLogsAreASet() throws {
    let tagged = try gtids("mysql-9.7-tagged-gtid")
    var set = GTIDSet.mysql(MySQLGTIDSet())
    for gtid in tagged { set.add(gtid) }
    #expect(set.description == "ca38a7c1-e556-11f1-8aeb-02fc00000001:4-5:mytag:3")
    var position = GTIDSet.mariadb(MariaDBGTIDPosition())
    let plain = try gtids("mariadb-11.8-annotated")
    for gtid in plain { position.add(gtid) }
    #expect(position.description == plain.last?.description)
  }
}
