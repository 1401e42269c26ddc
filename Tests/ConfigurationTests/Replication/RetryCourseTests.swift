import BinlogParser
import Bytes
import MySQLBinlogConnector
import MySQLWire
import Platform
import Testing

/// Outages: which may pass, how long to wait, and when it is enough.
@Suite struct RetryCourseTests {
  private static func wire(_ failure: WireFailure, _ activity: WireError.Activity = .readEvent) -> RunError {
    .wire(WireError(activity, host: "h", port: 1, user: "u", failure), reached: nil)
  }
  private static func server(_ code: UInt16) -> WireFailure {
    .server(ERRPacket(code: code, sqlState: "HY000", message: ""))
  }

  /// An error, and how many times in a row it is tried again after it, up to 5.
  @Test(
    arguments: [
      (wire(.closedByPeer), 5), (wire(.timedOut(seconds: 60)), 5), (wire(.dumpEnded), 5),
      (wire(.unknownHost("h"), .resolve), 5), (wire(server(1040), .login), 5), (wire(server(1053)), 5),
      (wire(server(1317)), 5), (wire(.tlsFailed("")), 5), (wire(.unexpectedPacket(firstByte: 9)), 2),
      (wire(.outOfSequence(expected: 1, got: 2)), 2), (.binlog(BinlogError(.checksumMismatch)), 2),
      (wire(server(1236)), 0), (wire(server(1045), .login), 0), (wire(.interrupted), 0),
      (wire(.localInfileRefused), 0), (.unwritten(from: ScriptedSession.start), 0),
    ] as [(RunError, Int)])
  func errors(_ error: RunError, _ retries: Int) {
    var course = RetryCourse(limitSeconds: 0)
    var count = 0
    while count < 5, course.mayRetry(after: error) { count += 1 }
    #expect(count == retries)
    course.end()
    #expect(course.mayRetry(after: error) == (retries > 0))
  }

  @Test func waitsGrow() {
    var course = RetryCourse(limitSeconds: 0)
    let now = ContinuousClock.now
    let waits = (0..<11).map { _ in course.longestWait(at: now) }
    #expect(waits == [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000])
    course.end()
    #expect(course.longestWait(at: now) == 100)
  }

  /// A limit, how long the outage lasts, and whether that is too long.
  @Test(arguments: [(0, 100_000, false), (60, 60, false), (60, 61, true)])
  func limits(_ limitSeconds: Int, _ seconds: Int, _ isOver: Bool) {
    var course = RetryCourse(limitSeconds: limitSeconds)
    let start = ContinuousClock.now
    #expect(!course.isOver(at: start + .seconds(seconds)))
    _ = course.longestWait(at: start)
    _ = course.longestWait(at: start + .seconds(1))
    #expect(course.isOver(at: start + .seconds(seconds)) == isOver)
    course.end()
    #expect(!course.isOver(at: start + .seconds(seconds)))
  }
}
