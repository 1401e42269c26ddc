import Bytes
import MySQLWire
import Testing

@Suite struct CommandTests {
  @Test func query() {
    #expect(encoded { ComQuery("SELECT é").encode(into: &$0) } == [3] + Array("SELECT é".utf8))
  }

  @Test func quit() {
    #expect(encoded { ComQuit().encode(into: &$0) } == [1])
  }

  @Test func registerSlave() {
    let payload = encoded { ComRegisterSlave(serverID: 0x0102_0304, hostName: "h").encode(into: &$0) }
    #expect(payload == [0x15, 4, 3, 2, 1, 1, 0x68] + Array(repeating: 0, count: 12))
    let long = encoded { ComRegisterSlave(serverID: 1, hostName: String(repeating: "h", count: 300)).encode(into: &$0) }
    #expect(long.count == 78)
  }

  @Test func binlogDump() throws {
    let command = try ComBinlogDump(file: "b.000001", position: 0xFFFF_FFFF, serverID: 7, nonBlocking: true)
    let payload = encoded { command.encode(into: &$0) }
    #expect(payload == [0x12, 255, 255, 255, 255, 1, 0, 7, 0, 0, 0] + Array("b.000001".utf8))
    #expect(throws: WireFailure.positionTooLarge(1 << 32)) {
      try ComBinlogDump(file: "b", position: 1 << 32, serverID: 7, nonBlocking: false)
    }
  }

  @Test(arguments: [(false, UInt8(4)), (true, 5)])
  func binlogDumpGTID(nonBlocking: Bool, flags: UInt8) {
    let command = ComBinlogDumpGTID(gtidSet: [1, 2, 3], serverID: 0x0102_0304, nonBlocking: nonBlocking)
    let head: [UInt8] = [0x1E, flags, 0, 4, 3, 2, 1, 0, 0, 0, 0]
    #expect(encoded { command.encode(into: &$0) } == head + [4, 0, 0, 0, 0, 0, 0, 0] + [3, 0, 0, 0] + [1, 2, 3])
  }

  @Test func connectStateHoldsNothingButGTIDs() {
    #expect(DumpSettings.connectState("0-1-100,1-2-7").first == "SET @slave_connect_state = '0-1-100,1-2-7'")
    #expect(DumpSettings.connectState("0-1-1'; DROP").first == "SET @slave_connect_state = '0-1-1'")
    #expect(DumpSettings.connectState("").first == "SET @slave_connect_state = ''")
  }

  @Test(arguments: [
    (DumpStart.position(file: "b.000001", offset: 4), "b.000001:4"), (.gtidPosition("0-1-2"), "GTID set '0-1-2'"),
    (
      .gtidSet(encoded: [], text: String(repeating: "x", count: 300)),
      "GTID set '\(String(repeating: "x", count: 200))…'"
    ),
  ])
  func dumpStart(_ start: DumpStart, _ expected: String) { #expect(start.description == expected) }

  @Test(arguments: [
    (0.0, UInt64(0)), (0.0001, 1_000_000), (0.5, 500_000_000), (30, 30_000_000_000), (1e12, 4_294_967_000_000_000),
    (-1, 0), (.nan, 0),
  ])
  func heartbeatPeriod(seconds: Double, nanoseconds: UInt64) {
    let settings = DumpSettings(heartbeatSeconds: seconds, replicaUUID: "a", isMariaDB: false)
    #expect(settings.heartbeatNanoseconds == nanoseconds)
  }

  @Test func dumpSettings() {
    let quoted = DumpSettings(heartbeatSeconds: 1, replicaUUID: "a'; DROP", isMariaDB: true).statements
    #expect(quoted.contains("SET @slave_uuid = 'aD', @replica_uuid = 'aD'"))
    #expect(quoted.last == "SET @mariadb_slave_capability = 4")
    let uuid = DumpSettings.randomUUID()
    #expect(uuid.count == 36)
    #expect(uuid != DumpSettings.randomUUID())
  }
}
