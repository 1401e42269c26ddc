import BinlogParser
import MySQLBinlogConnector
import Testing

/// How far a stream is behind.
@Suite struct LagTests {
  private static let binlogs: [(name: String, size: UInt64)] = [
    ("binlog.000001", 1000), ("binlog.000002", 500), ("binlog.000003", 300),
  ]

  private func lag(_ file: String, _ offset: UInt64, timestamp: UInt32 = 990) -> Lag {
    Lag(
      position: BinlogPosition(file: file, offset: offset), timestamp: timestamp, binlogs: Self.binlogs, now: 1000)
  }

  @Test(arguments: [
    ("binlog.000003", UInt64(300), UInt64?(0), UInt32?(0)), ("binlog.000003", 200, 100, 10),
    ("binlog.000001", 900, 900, 10), ("binlog.000003", 400, 0, 0), ("binlog.000009", 4, nil, 10),
  ])
  func figures(_ file: String, _ offset: UInt64, _ bytes: UInt64?, _ seconds: UInt32?) {
    let lag = lag(file, offset)
    #expect(lag.bytes == bytes)
    #expect(lag.seconds == seconds)
  }

  @Test func aClockBehindTheServersGivesNoNegativeLag() {
    #expect(lag("binlog.000001", 4, timestamp: 2000).seconds == 0)
  }

  @Test(arguments: [("binlog.000001", true), ("binlog.000002", false), ("binlog.000003", false)])
  func theOldestFileIsInDanger(_ file: String, _ isInDanger: Bool) {
    #expect((lag(file, 4).warning != nil) == isInDanger)
  }
}
