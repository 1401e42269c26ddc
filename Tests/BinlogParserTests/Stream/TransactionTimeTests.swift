import BinlogParser
import Bytes
import TestSupport
import Testing

/// The times by which ranges of times are cut.
@Suite struct TransactionTimeTests {
  /// The frames of a fixture's events, and when the server committed what they announce.
  private func times(_ fixture: String) throws -> [(frame: EventFrame, committed: UInt32?, seconds: UInt32)] {
    let fixture = try Fixture(fixture)
    var stream = EventFramer(ofFileAt: BinlogPosition(file: "log.000001", offset: 4))
    return try fixture.events.map { range in
      let event = Array(fixture.bytes[range])
      let frame = try stream.accept(event.span.bytes, at: 0)
      let body = frame.body(in: event.span.bytes)
      return (frame, TransactionTime.committed(frame, body), TransactionTime.seconds(frame, body))
    }
  }

  @Test(
    "MySQL logs when a transaction was committed, with and without tags, whatever time its session has",
    arguments: ["mysql-9.7-full", "mysql-9.7-tagged-gtid"])
  func committed(fixture: String) throws {
    let times = try times(fixture)
    // The file's first event has the server's clock; the others that of their session, SET TIMESTAMP = 1700000000.
    let began = times[0].frame.header.timestamp
    let found = times.filter { [.gtid, .taggedGTID].contains($0.frame.header.type) }
    #expect(!found.isEmpty)
    for time in found {
      let committed = try #require(time.committed)
      #expect(time.frame.header.timestamp == 1_700_000_000)
      #expect((began...began + 60).contains(committed))
      #expect(time.seconds == committed)
    }
    #expect(found.compactMap(\.committed) == found.compactMap(\.committed).sorted())
  }

  @Test("Elsewhere it is the time of the first event")
  func header() throws {
    for time in try times("mariadb-11.8-full") {
      #expect(time.committed == nil)
      #expect(time.seconds == time.frame.header.timestamp)
    }
  }

  @Test("A GTID that ends before the time of its commit has that of its event, whatever stands there")
  func cut() throws {
    let fixture = try Fixture("mysql-9.7-full")
    let range = try #require(fixture.events.first { fixture.bytes[$0.lowerBound + 4] == EventType.gtid.rawValue })
    let event = Array(fixture.bytes[range])
    var stream = EventFramer(ofFileAt: BinlogPosition(file: "log.000001", offset: 4))
    _ = try stream.accept(Array(fixture.bytes[fixture.events[0]]).span.bytes, at: 0)
    let frame = try stream.accept(event.span.bytes, at: 0)
    let body = Array(event.dropFirst(19))
    for count in 0..<25 + 1 + 16 + 7 {
      #expect(TransactionTime.seconds(frame, Array(body.prefix(count)).span.bytes) == frame.header.timestamp)
    }
  }
}
