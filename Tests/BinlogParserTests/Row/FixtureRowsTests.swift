import BinlogParser
import TestSupport
import Testing

/// Both outputs of every row are what the server that wrote the log says of it, for all column types.
@Suite struct FixtureRowsTests {
  @Test(arguments: Fixture.readable)
  func rowsAreWhatTheServerSays(_ name: String) throws {
    let fixture = try Fixture(name)
    var replay = EventReplay()
    var transcript = ""
    for range in fixture.events {
      for row in try replay.take(Array(fixture.bytes[range])) { transcript += row.transcript }
    }
    #expect(!fixture.rows.isEmpty)
    let expected = fixture.rows.split(separator: "\n")
    let actual = transcript.split(separator: "\n")
    for (line, (actual, expected)) in zip(actual, expected).enumerated() {
      try #require(actual == expected, "line \(line + 1) of \(name).rows")
    }
    #expect(actual.count == expected.count)
  }

  @Test(arguments: Fixture.readable)
  func ordinalColumnNamesTakeNoneFromTheLog(_ name: String) throws {
    let fixture = try Fixture(name)
    var replay = EventReplay(columnNames: .ordinal)
    for range in fixture.events {
      for row in try replay.take(Array(fixture.bytes[range])) {
        let image = try #require(row.after ?? row.before)
        let json = String(decoding: image.json, as: UTF8.self)
        #expect(json == "{}" || json.hasPrefix("{\"c"))
        #expect(!String(decoding: image.text, as: UTF8.self).contains("] id = "))
      }
    }
  }
}
