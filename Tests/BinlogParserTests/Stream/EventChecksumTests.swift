import BinlogParser
import Bytes
import TestSupport
import Testing

@Suite struct EventChecksumTests {
  private func matches(_ event: [UInt8], isFormatDescription: Bool = false) -> Bool {
    EventChecksum.matches(event.span.bytes, isFormatDescription: isFormatDescription)
  }

  @Test func theLastFourBytesAreTheChecksumOfTheOthers() {
    let event = BinlogEvents.event(2, [1, 2, 3], checksum: true)
    #expect(matches(event))
    for damaged in Damage.bitFlips(of: event) { #expect(!matches(damaged)) }
  }

  @Test func theInUseFlagOfAFormatDescriptionIsLeftOut() {
    let body = BinlogEvents.formatDescription(algorithm: 1)
    let closed = BinlogEvents.sealed(BinlogEvents.event(15, body))
    var open = closed
    open[17] ^= 1
    #expect(matches(closed, isFormatDescription: true))
    #expect(matches(open, isFormatDescription: true))
    #expect(!matches(open))
    open[17] ^= 2
    #expect(!matches(open, isFormatDescription: true))
  }

  @Test func anEventWithoutRoomForAChecksumHasNone() {
    for count in 0..<23 { #expect(!matches([UInt8](repeating: 0, count: count))) }
  }

  /// The in-use flag is set in files that were copied before the server closed them.
  @Test(arguments: zip(["mysql-9.7-minimal", "mysql-9.7-full"], [true, false]))
  func theFlagIsSetInAFileInUse(_ name: String, _ isInUse: Bool) throws {
    let fixture = try Fixture(name)
    let event = Array(fixture.bytes[try #require(fixture.events.first)])
    #expect((event[17] & 1 == 1) == isInUse)
    #expect(matches(event, isFormatDescription: true))
  }
}
