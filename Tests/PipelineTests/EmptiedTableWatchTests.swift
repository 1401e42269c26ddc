import BinlogParser
import Bytes
import TestSupport
import Testing

import Pipeline

/// The warnings about rows that went without being logged.
@Suite struct EmptiedTableWatchTests {
  private final class Log: @unchecked Sendable { var notices: [PipelineNotice] = [] }

  private func frame(at position: UInt64) throws -> EventFrame {
    var stream = EventFramer(at: BinlogPosition(file: "binlog.000001", offset: position), checksum: .none)
    let event = BinlogEvents.event(4, BinlogEvents.littleEndian(UInt64(4)) + Array("x".utf8), logPosition: 0)
    return try stream.accept(event.span.bytes, at: 0)
  }

  private func table(_ name: String) -> TableName { TableName(schema: Array("shop".utf8), table: Array(name.utf8)) }

  @Test("Each table is told of at once, and then at most once a minute; all times are counted")
  func oneNoticeAMinuteForEachTable() throws {
    let log = Log()
    var watch = EmptiedTableWatch { log.notices.append($0) }
    let start = ContinuousClock.now
    for (seconds, names) in [(0, ["a"]), (1, ["a", "b"]), (59, ["a"]), (60, ["a"]), (61, ["a", "b"])] {
      watch.note(
        .whole(names.map(table)), "binlog.000001", try frame(at: UInt64(100 + seconds)), at: start + .seconds(seconds))
    }
    #expect(
      log.notices
        == [("a", 1, 100), ("b", 3, 101), ("a", 5, 160), ("b", 7, 161)].map {
          .emptiedTable("shop.\($0.0)", count: $0.1, file: "binlog.000001", position: $0.2)
        })
    #expect(watch.count == 7)
  }

  @Test func aDroppedDatabaseIsToldOfWithTheTablesThatAreShown() throws {
    let log = Log()
    var watch = EmptiedTableWatch { log.notices.append($0) }
    watch.note(.schema(Array("shop".utf8)), shown: 2, "binlog.000001", try frame(at: 100))
    watch.note(.schema(Array("shop".utf8)), shown: 2, "binlog.000001", try frame(at: 200))
    #expect(log.notices == [.droppedDatabase("shop", shown: 2, count: 1, file: "binlog.000001", position: 100)])
    #expect(watch.count == 2)
  }
}
