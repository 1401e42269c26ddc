import BinlogParser
import Bytes
import Foundation
import TestSupport
import Testing

import Pipeline

/// The warnings about statements: the first one at once, then at most one a minute.
@Suite struct StatementWatchTests {
  private final class Log: @unchecked Sendable { var notices: [PipelineNotice] = [] }

  private func frame(at position: UInt64) throws -> EventFrame {
    var stream = EventFramer(at: BinlogPosition(file: "binlog.000001", offset: position), checksum: .none)
    let event = BinlogEvents.event(4, BinlogEvents.littleEndian(UInt64(4)) + Array("x".utf8), logPosition: 0)
    return try stream.accept(event.span.bytes, at: 0)
  }

  @Test func oneNoticeAMinute() throws {
    let log = Log()
    var watch = StatementWatch { log.notices.append($0) }
    let start = ContinuousClock.now
    for (seconds, count) in [(0, 0), (1, 1), (2, 2), (60, 2), (60, 3), (61, 4), (62, 4), (62, 5), (200, 6)] {
      watch.note(UInt64(count), "binlog.000001", try frame(at: UInt64(100 + count)), at: start + .seconds(seconds))
    }
    #expect(
      log.notices
        == [(1, 101), (4, 104), (6, 106)].map {
          .statementChanges(count: $0.0, file: "binlog.000001", position: $0.1)
        })
  }
}
