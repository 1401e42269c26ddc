import Logging
import Synchronization

/// Tells how far a run has come: an info line every 10,000 rows, at most once a second, or one line that redraws itself
/// where the log goes to a terminal.
///
/// `update` may be called often and from any thread: it takes a lock and compares two numbers, and reads the clock only
/// when the rows have passed a step, or when the line redraws itself.
package final class Progress: Sendable {
  private let logger: Logger
  private let sink: LogSink
  private let redraws: Bool
  private let start = ContinuousClock.now
  private let meter: Mutex<ProgressMeter>

  /// A reporter whose time begins now.
  ///
  /// - Parameters:
  ///   - redraws: false keeps to info lines on a terminal too, for when the data goes to the same terminal.
  ///   - sink: where the line is drawn; it must be the sink of `logger`.
  package init(logger: Logger = Logger(label: "main"), redraws: Bool = true, sink: LogSink = .shared) {
    self.logger = logger
    self.sink = sink
    self.redraws = redraws && sink.terminalWidth != nil
    // A redrawn line also moves on when rows are few.
    meter = Mutex(ProgressMeter(rowStep: self.redraws ? 0 : 10_000))
  }

  /// Takes in how far the run has come, and reports it when a report is due.
  ///
  /// - Parameters:
  ///   - rows: rows so far.
  ///   - bytes: bytes of binlog read so far.
  ///   - file: the binlog file that is being read.
  ///   - position: bytes from the start of that file.
  ///   - end: how many bytes there are to read in all, where the end is known.
  package func update(rows: UInt64, bytes: UInt64, file: String, position: UInt64, end: UInt64?) {
    let report = meter.withLock { meter -> ProgressReport? in
      guard meter.wants(rows: rows) else { return nil }
      return meter.report(
        rows: rows, bytes: bytes, file: file, position: position, end: end, time: start.duration(to: .now))
    }
    if let report { show(report) }
  }

  /// Takes the redrawn line away.
  package func finish() { sink.showProgress(nil) }

  private func show(_ report: ProgressReport) {
    guard redraws, let width = sink.terminalWidth else {
      logger.info("progress: \(report.text)")
      return
    }
    if sink.level <= .info { sink.showProgress(String(report.text.prefix(width - 1))) }
  }
}
