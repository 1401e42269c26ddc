import BinlogParser
import Bytes
import TestSupport
import Testing

@Suite struct EventHeaderTests {
  private func header(_ bytes: [UInt8]) throws(DecodeError) -> EventHeader {
    var cursor = ByteCursor(bytes.span.bytes)
    return try EventHeader(&cursor)
  }

  @Test func fieldsLieWhereTheyBelong() throws {
    let event = BinlogEvents.event(
      19, [1, 2, 3], timestamp: 0xF000_0001, serverID: 0xFFFF_FFFE, logPosition: 0x8000_0002, flags: 0x0021)
    let header = try header(event)
    #expect(header.timestamp == 0xF000_0001)
    #expect(header.type == .tableMap)
    #expect(header.serverID == 0xFFFF_FFFE)
    #expect(header.eventSize == 22)
    #expect(header.logPosition == 0x8000_0002)
    #expect(header.flags == 0x0021)
    #expect(header.isArtificial)
  }

  @Test func cutHeadersAreErrors() {
    for cut in Damage.truncations(of: Array(BinlogEvents.event(2).prefix(19))) {
      #expect(throws: DecodeError.self) { try header(cut) }
    }
  }

  @Test(arguments: UInt8(0)..<19)
  func sizesSmallerThanAHeaderAreErrors(_ size: UInt8) {
    var event = BinlogEvents.event(2)
    event[9] = size
    #expect(throws: DecodeError(.invalid, at: 9, "event_size")) { try header(event) }
  }

  @Test(arguments: [
    (UInt8(2), "QUERY"), (25, "DELETE_ROWS_V1"), (32, "DELETE_ROWS"), (42, "GTID_TAGGED"), (162, "MARIADB_GTID"),
    (99, "UNKNOWN(99)"), (255, "UNKNOWN(255)"),
  ])
  func everyCodeHasAName(_ code: UInt8, _ name: String) {
    #expect(EventType(rawValue: code).description == name)
  }

  @Test func compressedRowsAreKnown() {
    let codes = (UInt8.min...UInt8.max).filter { EventType(rawValue: $0).holdsCompressedRows }
    #expect(codes == [166, 167, 168, 169, 170, 171])
  }
}
