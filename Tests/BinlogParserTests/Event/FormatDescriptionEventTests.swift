import BinlogParser
import Bytes
import TestSupport
import Testing

@Suite struct FormatDescriptionEventTests {
  private func read(_ body: [UInt8]) throws(DecodeError) -> FormatDescriptionEvent {
    try FormatDescriptionEvent(body.span.bytes)
  }

  /// MySQL writes a checksum algorithm from 5.6.1 on, MariaDB from 5.3 on.
  @Test(arguments: [
    ("5.0.58-debug-log", false), ("5.1.34sp1-enterprise-gpl-advanced-log", false), ("5.5.33-log", false),
    ("5.6.0-m4", false), ("5.6.1-m5-log", true), ("5.6.17-log", true), ("5.7.30-log", true), ("8.0.40", true),
    ("8.4.3-aurora", true), ("9.7.4-2", true), ("10.0.1", true), ("5.2.14-MariaDB", false), ("5.3.0-MariaDB", true),
    ("5.5.36-MariaDB-debug-log", true), ("10.0.11-MariaDB-debug-log", true),
    ("10.11.19-MariaDB-0+deb12u1-log", true), ("11.8.6-MariaDB-0+deb13u1", true), ("", false), ("x", false),
    ("99999999999999999999.1.1", false), ("5", false), ("6", true), ("5.6", false),
  ])
  func checksumsCameWithAVersion(_ version: String, _ writes: Bool) throws {
    #expect(FormatDescriptionEvent.writesChecksumAlgorithm(version) == writes)
    let lengths: [UInt8] = [56, 13, 0, 8]
    let body = BinlogEvents.formatDescription(
      version: version, postHeaderLengths: lengths, algorithm: writes ? 1 : nil)
    let event = try read(body)
    #expect(event.serverVersion == version)
    #expect(event.postHeaderLengths == lengths)
    #expect(event.checksum == (writes ? .crc32 : .none))
    #expect(event.isMariaDB == version.contains("MariaDB"))
  }

  /// The first event of each server's files; which release of a series made them may change.
  @Test(arguments: [
    ("mysql-9.7-full", "9.7.", EventChecksum.crc32), ("mysql-9.7-no-checksum", "9.7.", .none),
    ("mariadb-10.11-full", "10.11.", .crc32), ("mariadb-11.8-full", "11.8.", .crc32),
    ("mariadb-11.8-row-image-minimal", "11.8.", .none),
  ])
  func realServersDescribeTheirFormat(_ name: String, _ version: String, _ checksum: EventChecksum) throws {
    let fixture = try Fixture(name)
    let range = try #require(fixture.events.first)
    let event = try read(Array(fixture.bytes[range].dropFirst(19)))
    #expect(event.binlogVersion == 4)
    #expect(event.serverVersion.hasPrefix(version))
    #expect(event.checksum == checksum)
    #expect(event.postHeaderLength(of: .tableMap) == 8)
    #expect(event.postHeaderLength(of: .writeRows) == 10)
    #expect(event.postHeaderLength(of: .query) == 13)
    #expect(event.postHeaderLength(of: EventType(rawValue: 0)) == 0)
    #expect(event.postHeaderLength(of: EventType(rawValue: 255)) == 0)
  }

  @Test func whatIsNotVersion4IsRefused() {
    var body = BinlogEvents.formatDescription()
    body[0] = 3
    #expect(throws: DecodeError(.unsupported, at: 0, "binlog_version")) { try read(body) }
    body[0] = 4
    body[56] = 27
    #expect(throws: DecodeError(.unsupported, at: 56, "event_header_length")) { try read(body) }
  }

  @Test func anUnknownAlgorithmIsRefused() {
    let body = BinlogEvents.formatDescription(postHeaderLengths: [1, 2], algorithm: 2)
    #expect(throws: DecodeError(.unsupported, at: 59, "checksum algorithm")) { try read(body) }
  }

  @Test func cutBodiesAreErrorsOrShorterTables() {
    let body = BinlogEvents.formatDescription(algorithm: 0)
    for cut in Damage.truncations(of: body) where cut.count < 57 + 5 {
      #expect(throws: DecodeError.self) { try read(cut) }
    }
  }
}
