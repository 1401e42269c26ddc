/// Decides when progress is worth a report, and computes the rates; it knows neither clock nor output.
package struct ProgressMeter: Sendable {
  /// At most one report in this time.
  package static let interval: Duration = .seconds(1)

  /// A report is due only when the rows have passed a multiple of this.
  private let rowStep: UInt64
  private var nextRows: UInt64
  private var nextTime: Duration
  private var last: (time: Duration, rows: UInt64, bytes: UInt64) = (.zero, 0, 0)

  /// A meter whose time begins at zero.
  ///
  /// - Parameter rowStep: with 0 only the time counts, and the first report comes after one interval.
  package init(rowStep: UInt64) {
    self.rowStep = rowStep
    nextRows = rowStep
    nextTime = rowStep > 0 ? .zero : Self.interval
  }

  /// True if `rows` alone make a report possible; when not, nobody needs to look at the clock.
  package func wants(rows: UInt64) -> Bool { rows >= nextRows }

  /// A report when one is due at `time` since the start, else nil. Rows and bytes never become fewer.
  package mutating func report(
    rows: UInt64, bytes: UInt64, file: String, position: UInt64, end: UInt64?, time: Duration
  ) -> ProgressReport? {
    guard wants(rows: rows) else { return nil }
    if rowStep > 0 { nextRows = (rows / rowStep + 1) &* rowStep }
    guard time > last.time, time >= nextTime else { return nil }
    let seconds = (time - last.time) / .seconds(1)
    let allSeconds = time / .seconds(1)
    let report = ProgressReport(
      rows: rows, bytes: bytes, file: file, position: position, end: end,
      rowsPerSecond: Double(rows &- last.rows) / seconds,
      bytesPerSecond: Double(bytes &- last.bytes) / seconds,
      averageBytesPerSecond: Double(bytes) / allSeconds)
    last = (time, rows, bytes)
    nextTime = time + Self.interval
    return report
  }
}
