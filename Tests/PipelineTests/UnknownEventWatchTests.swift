import BinlogParser
import Bytes
import TestSupport
import Testing

import Pipeline

/// The warnings about events of unknown types: one for each type.
@Suite struct UnknownEventWatchTests {
  private final class Log: @unchecked Sendable { var notices: [PipelineNotice] = [] }

  private func frames(_ events: [(type: UInt8, flags: UInt16)]) throws -> [EventFrame] {
    var stream = EventFramer(ofFileAt: BinlogPosition(file: "binlog.000001", offset: 4))
    let format = BinlogEvents.event(15, BinlogEvents.formatDescription())
    _ = try stream.accept(format.span.bytes, at: 0)
    var frames: [EventFrame] = []
    for event in events {
      frames.append(try stream.accept(BinlogEvents.event(event.type, [1], flags: event.flags).span.bytes, at: 0))
    }
    return frames
  }

  @Test("The first event of each unknown type is told, unless it may be ignored")
  func oneNoticeForEachType() throws {
    let log = Log()
    var watch = UnknownEventWatch { log.notices.append($0) }
    let frames = try frames([(99, 0x80), (172, 0), (43, 0x80), (172, 0), (2, 0), (100, 0), (200, 1), (43, 0), (0, 0)])
    for frame in frames { watch.note(frame, "binlog.000001") }
    let told = [1, 6, 7, 8].map { index in
      PipelineNotice.unknownEvent(frames[index].header.type, file: "binlog.000001", position: frames[index].start)
    }
    #expect(log.notices == told)
  }

  @Test("Types that servers are known to write are told apart from others", arguments: UInt8.min...UInt8.max)
  func known(code: UInt8) {
    let type = EventType(rawValue: code)
    let isAurora = code == 100 || code == 101
    #expect(type.isKnown == (isAurora || !type.description.hasPrefix("UNKNOWN")))
  }
}
