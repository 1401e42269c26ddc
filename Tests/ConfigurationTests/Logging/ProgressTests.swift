import Foundation
import Logging
import MySQLBinlogConnector
import Platform
import Testing

@Suite struct ProgressTests {
  static func report(
    bytes: UInt64 = 5_000_000, end: UInt64? = nil, rate: Double = 2_549_999, average: Double = 2_500_000
  ) -> ProgressReport {
    ProgressReport(
      rows: 20_000, bytes: bytes, file: "binlog.000001", position: 5_000_004, end: end, rowsPerSecond: 10_000.4,
      bytesPerSecond: rate, averageBytesPerSecond: average)
  }

  @Test(arguments: [
    (report(), "20000 rows, 10000 rows/s, 2.5 MB/s, at binlog.000001:5000004"),
    (report(end: 12_500_000), "20000 rows, 10000 rows/s, 2.5 MB/s, at binlog.000001:5000004, 40 %, 3 s left"),
    (
      report(end: 5_000_000 + 2_500_000 * 3599),
      "20000 rows, 10000 rows/s, 2.5 MB/s, at binlog.000001:5000004, 0 %, 59 min 59 s left"
    ),
    (
      report(end: 5_000_000 + 2_500_000 * 7500),
      "20000 rows, 10000 rows/s, 2.5 MB/s, at binlog.000001:5000004, 0 %, 2 h 5 min left"
    ),
    (report(end: 1), "20000 rows, 10000 rows/s, 2.5 MB/s, at binlog.000001:5000004, 100 %, 0 s left"),
    (report(end: 0), "20000 rows, 10000 rows/s, 2.5 MB/s, at binlog.000001:5000004"),
    (report(end: 10_000_000, average: 0), "20000 rows, 10000 rows/s, 2.5 MB/s, at binlog.000001:5000004, 50 %"),
  ])
  func text(_ report: ProgressReport, _ expected: String) {
    #expect(report.text == expected)
  }

  @Test(arguments: [Double.infinity, .nan, -1, 1e300])
  func oddRatesAreNoTrap(_ rate: Double) {
    #expect(Self.report(end: .max, rate: rate, average: rate).text.hasPrefix("20000 rows"))
  }

  @Test func infoLinesComeEveryTenThousandRowsAndAtMostOnceASecond() {
    var meter = ProgressMeter(rowStep: 10_000)
    func isReported(_ rows: UInt64, _ milliseconds: Int) -> Bool {
      meter.report(rows: rows, bytes: rows, file: "f.1", position: 4, end: nil, time: .milliseconds(milliseconds))
        != nil
    }
    #expect(!isReported(9_999, 5_000))
    #expect(isReported(10_000, 5_001))
    #expect(!isReported(15_000, 9_000))
    #expect(isReported(20_000, 9_000))
    #expect(!isReported(30_000, 9_999))
    #expect(!isReported(31_000, 20_000))
    #expect(isReported(40_000, 20_000))
    #expect(isReported(95_000, 21_000))
    #expect(!isReported(99_999, 40_000))
    #expect(isReported(100_000, 40_000))
  }

  @Test func aRedrawnLineFollowsTheTimeOnly() {
    var meter = ProgressMeter(rowStep: 0)
    let times = [0, 999, 1000, 1500, 2000].map {
      meter.report(rows: 0, bytes: 0, file: "f.1", position: 4, end: nil, time: .milliseconds($0)) != nil
    }
    #expect(times == [false, false, true, false, true])
  }

  @Test func ratesAreThoseSinceTheReportBefore() throws {
    var meter = ProgressMeter(rowStep: 10)
    _ = meter.report(rows: 100, bytes: 1_000, file: "f.1", position: 4, end: nil, time: .seconds(1))
    let second = meter.report(rows: 400, bytes: 5_000, file: "f.1", position: 8, end: nil, time: .seconds(3))
    let report = try #require(second)
    #expect(report.rowsPerSecond == 150)
    #expect(report.bytesPerSecond == 2_000)
    #expect(report.averageBytesPerSecond == 5_000.0 / 3)
  }

  @Test func aLogFileGetsInfoLines() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "progress-\(UUID()).log").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let sink = LogSink(try LineOutput(appendingTo: path), level: .info)
    let progress = Progress(logger: Logger(label: "main") { SinkLogHandler(label: $0, sink: sink) }, sink: sink)
    for rows in stride(from: UInt64(0), to: 60_000, by: 1_000) {
      progress.update(rows: rows, bytes: rows * 10, file: "binlog.000001", position: 4 + rows, end: 1_000_000)
    }
    progress.finish()
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.hasPrefix("info(main): progress: 10000 rows, "))
    #expect(text.contains(" at binlog.000001:10004, 10 %, "))
    #expect(text.count { $0 == "\n" } == 1)
  }
}
