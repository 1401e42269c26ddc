/// How far a run has come, at one moment.
package struct ProgressReport: Equatable, Sendable {
  /// Rows so far.
  package let rows: UInt64
  /// Bytes of binlog read so far.
  package let bytes: UInt64
  /// The binlog file that is being read.
  package let file: String
  /// Bytes from the start of that file.
  package let position: UInt64
  /// Number of bytes to read in all, where the end is known.
  package let end: UInt64?
  /// Rows in each second since the report before.
  package let rowsPerSecond: Double
  /// Bytes in each second since the report before.
  package let bytesPerSecond: Double
  /// Bytes in each second since the start.
  package let averageBytesPerSecond: Double

  /// A report of these figures, of which none follows from the others.
  package init(
    rows: UInt64, bytes: UInt64, file: String, position: UInt64, end: UInt64?,
    rowsPerSecond: Double, bytesPerSecond: Double, averageBytesPerSecond: Double
  ) {
    self.rows = rows
    self.bytes = bytes
    self.file = file
    self.position = position
    self.end = end
    self.rowsPerSecond = rowsPerSecond
    self.bytesPerSecond = bytesPerSecond
    self.averageBytesPerSecond = averageBytesPerSecond
  }

  /// "20000 rows, 10000 rows/s, 2.5 MB/s, at binlog.000001:5000000, 40 %, 3 s left".
  package var text: String {
    let place = "\(rows) rows, \(Self.rounded(rowsPerSecond)) rows/s, \(megabytes) MB/s, at \(file):\(position)"
    guard let end, end > 0 else { return place }
    let done = min(bytes, end)
    let percent = Self.rounded(100 * Double(done) / Double(end))
    guard averageBytesPerSecond > 0 else { return "\(place), \(percent) %" }
    return "\(place), \(percent) %, \(Self.duration(Double(end - done) / averageBytesPerSecond)) left"
  }

  private var megabytes: String {
    let tenths = Self.rounded(bytesPerSecond / 100_000)
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// The nearest whole number; what is beyond Int, or no number, becomes its bound.
  private static func rounded(_ value: Double) -> Int {
    Int(exactly: max(value, 0).rounded()) ?? Int.max
  }

  /// "12 s", "3 min 20 s", "2 h 5 min".
  private static func duration(_ seconds: Double) -> String {
    let seconds = rounded(seconds)
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
    return "\(seconds / 3600) h \(seconds / 60 % 60) min"
  }
}
