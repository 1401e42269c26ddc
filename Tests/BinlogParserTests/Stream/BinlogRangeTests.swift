import BinlogParser
import TestSupport
import Testing

@Suite struct BinlogRangeTests {
  private static let file = "binlog.000001"

  @Test(arguments: [
    ("binlog.000001", "binlog.000002", true), ("binlog.000002", "binlog.000001", false),
    ("binlog.999999", "binlog.1000000", true), ("binlog.1000000", "binlog.999999", false),
    ("binlog.000001", "binlog.000001", false), ("binlog.9", "binlog.000010", true), ("a.b.7", "a.b.8", true),
    ("binlog", "binlog.000001", true), ("x.a", "x.b", true), ("b", "a", false),
  ])
  func filesAreOrderedByTheirNumber(_ a: String, _ b: String, _ precedes: Bool) {
    #expect(BinlogFileOrder.precedes(a, b) == precedes)
  }

  /// What a server sends of a file from `from` on: a made up ROTATE and FORMAT_DESCRIPTION, then the file's events.
  private func dump(_ fixture: Fixture, from: Int) -> [[UInt8]] {
    let body = BinlogEvents.littleEndian(UInt64(from)) + Array(Self.file.utf8)
    var events = [BinlogEvents.event(4, body, flags: 0x20)]
    if from > 4, let range = fixture.events.first {
      var format = Array(fixture.bytes[range])
      format.replaceSubrange(13..<17, with: [0, 0, 0, 0])
      events.append(BinlogEvents.sealed(format))
    }
    return events + fixture.events.filter { $0.lowerBound >= from }.map { Array(fixture.bytes[$0]) }
  }

  /// Where the events that belong to `range` start.
  private func starts(in range: BinlogRange, _ events: [[UInt8]]) throws -> [UInt64] {
    var stream = EventFramer(at: range.from, checksum: .none)
    var starts: [UInt64] = []
    for event in events {
      let file = stream.position.file
      let frame = try stream.accept(event.span.bytes, at: 0)
      let verdict = range.judge(frame, file: file, next: stream.position)
      if verdict != .beyond, !frame.isOutsideOfFile { starts.append(frame.start) }
      if verdict != .inside { break }
    }
    return starts
  }

  @Test(arguments: ["mysql-9.7-row-image-minimal", "mariadb-11.8-row-image-minimal"])
  func allBoundariesOfALogCutWhereTheySay(_ name: String) throws {
    let fixture = try Fixture(name)
    let boundaries = fixture.events.map(\.lowerBound) + [fixture.bytes.count]
    for from in boundaries.dropLast() {
      let events = dump(fixture, from: from)
      for to in boundaries.flatMap({ [$0 - 1, $0, $0 + 1] }) where to >= from {
        let range = BinlogRange(
          from: BinlogPosition(file: Self.file, offset: UInt64(from)), toFile: Self.file, toOffset: UInt64(to))
        let expected = fixture.events.filter { $0.lowerBound >= from && $0.upperBound <= to }
        let actual = try starts(in: range, events)
        if actual != expected.map({ UInt64($0.lowerBound) }) { Issue.record("from \(from) to \(to): \(actual)") }
      }
    }
  }

  private func verdict(_ range: BinlogRange, _ event: [UInt8], at start: BinlogPosition) throws -> BinlogRange.Verdict {
    var stream = EventFramer(at: start, checksum: .none)
    let format = BinlogEvents.event(15, BinlogEvents.formatDescription(), flags: 0x20)
    _ = try stream.accept(format.span.bytes, at: 0)
    let frame = try stream.accept(event.span.bytes, at: 0)
    return range.judge(frame, file: start.file, next: stream.position)
  }

  private func range(to file: String?, _ offset: UInt64? = nil) -> BinlogRange {
    BinlogRange(from: BinlogPosition(file: Self.file, offset: 4), toFile: file, toOffset: offset)
  }

  @Test func withoutAnEndEveryEventIsInside() throws {
    let start = BinlogPosition(file: "binlog.000777", offset: 4)
    #expect(!range(to: nil).isBounded)
    #expect(try verdict(range(to: nil), BinlogEvents.event(3), at: start) == .inside)
    #expect(!range(to: nil).isCovered(by: start))
  }

  @Test(arguments: [UInt8(3), 4])
  func withoutAnEndPositionTheFilesEndIsLast(_ type: UInt8) throws {
    let body = type == 4 ? BinlogEvents.littleEndian(UInt64(4)) + Array("binlog.000003".utf8) : []
    let event = BinlogEvents.event(type, body, logPosition: UInt32(4 + 19 + body.count))
    let here = BinlogPosition(file: "binlog.000002", offset: 4)
    #expect(try verdict(range(to: "binlog.000002"), event, at: here) == .last)
    #expect(try verdict(range(to: "binlog.000003"), event, at: here) == .inside)
    #expect(try verdict(range(to: "binlog.000001"), event, at: here) == .beyond)
  }

  @Test func aMadeUpRotateToALaterFileIsBeyond() throws {
    let body = BinlogEvents.littleEndian(UInt64(4)) + Array("binlog.000003".utf8)
    let event = BinlogEvents.event(4, body, flags: 0x20)
    let here = BinlogPosition(file: "binlog.000002", offset: 4)
    #expect(try verdict(range(to: "binlog.000002", 900), event, at: here) == .beyond)
    #expect(try verdict(range(to: "binlog.000003", 900), event, at: here) == .inside)
  }

  @Test(arguments: [
    ("binlog.000002", UInt64(899), false), ("binlog.000002", 900, true), ("binlog.000002", 901, true),
    ("binlog.000001", 5000, false), ("binlog.000003", 4, true),
  ])
  func aLogCoversTheRangeFromItsEndOn(_ file: String, _ offset: UInt64, _ covers: Bool) {
    #expect(range(to: "binlog.000002", 900).isCovered(by: BinlogPosition(file: file, offset: offset)) == covers)
  }
}
