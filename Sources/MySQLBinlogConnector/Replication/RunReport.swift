import BinlogParser
import Foundation
import Logging
import ObjectStore
import Pipeline

/// What a run logs about its course and its end.
struct RunReport {
  private let configuration: Configuration
  private let start = ContinuousClock.now
  private let log = Logger(label: "main")

  /// The report of a run that begins now.
  init(_ configuration: Configuration) { self.configuration = configuration }

  /// Why the reading ended.
  func ended(_ end: SessionEnd, _ reached: BinlogPosition, _ range: BinlogRange) {
    switch end {
    case .rangeEnd where configuration.files == nil && !configuration.isBounded:
      log.info("caught up with the log at \(reached)")
    case .rangeEnd: log.info("reached the end of the range at \(reached)")
    case .stopRequested: log.info("stop requested: finishing what was received up to \(reached)")
    case .timeOver: log.info("the time is over: finishing what was received up to \(reached)")
    case .timeOverInTransaction:
      log.warning("the time is over within a transaction, which is given up: reached \(reached)")
    case .stoppedInTransaction:
      log.warning("stop requested in an outage within a transaction, which is given up: reached \(reached)")
    case .endOfLog where range.toFile == nil:
      log.warning("the log ended at \(reached), before the stop condition: \(configuration.stop)")
    case .endOfLog:
      let wanted = "\(range.toFile ?? ""):\(range.toOffset.map { "\($0)" } ?? "end of file")"
      log.warning("the log ended at \(reached), before the stop position \(wanted)")
    case .sourceChanged(.logReset): log.debug("the log ended at \(reached) when it was reset")
    case .sourceChanged(let change): log.warning("\(change); beginning anew behind the last complete output")
    case .pipelineStopped: log.debug("the pipeline stopped at or before \(reached)")
    }
  }

  /// Transactions that the log takes back.
  func rolledBack(_ count: Rollbacks) {
    guard count.transactions > 0 else { return }
    log.info("rolled back in the log: transactions=\(count.transactions) row_events_left_out=\(count.events)")
  }

  /// Logs what the pipeline has to say while it runs.
  @Sendable static func warn(_ notice: PipelineNotice) {
    switch notice {
    case .statementChanges(let count, let file, let position):
      Logger(label: "event_parser").warning("\(missingChanges(count)), the latest at \(file):\(position)")
    case .emptiedTable(let table, _, let file, let position):
      Logger(label: "event_parser").warning(
        "\(file):\(position): rows of \(table.quotedForMessage) were removed by TRUNCATE, DROP TABLE or with a partition, or exchanged for others, which is not logged as rows: the output still has them"
      )
    case .droppedDatabase(let name, let shown, _, let file, let position):
      let rows =
        shown == 0
        ? "the output still has their rows" : "\(shown) of them with rows in the output have a row t behind these"
      Logger(label: "event_parser").warning(
        "\(file):\(position): DROP DATABASE \(name.quotedForMessage) removed its tables, which the log does not name: \(rows)"
      )
    case .unknownEvent(let type, let file, let position):
      Logger(label: "event_parser").warning(
        "\(file):\(position): \(type): this version does not know this type of event, and passes over it and all others of it; look for a newer version if changes are missing"
      )
    }
  }

  /// Logs that a request to the object store is tried again.
  @Sendable static func warn(_ error: S3Error, waitSeconds: Double) {
    Logger(label: "object_store").warning("\(error); trying again in \(Int(waitSeconds * 1000)) ms")
  }

  private static func missingChanges(_ count: UInt64) -> String {
    let statements = count == 1 ? "1 statement" : "\(count) statements"
    return "binlog_format is not ROW: changes are missing: \(statements) so far, on tables that are or may be included"
  }

  /// What the run did.
  func totals(_ metrics: Metrics) {
    let log = Logger(label: "metrics")
    let elapsed = ContinuousClock.now - start
    log.info(
      "pipeline metrics: rows_processed=\(metrics.rows) batches_flushed=\(metrics.batches) bytes_written=\(metrics.bytesWritten)"
    )
    log.info("pipeline timing: processing=\(metrics.processing.milliseconds)")
    log.info("pipeline timing: flush=\(metrics.flush.milliseconds)")
    log.info("pipeline timing: end_to_end=\(elapsed.milliseconds)")
    let seconds = elapsed / .seconds(1)
    log.info("pipeline throughput: \(seconds > 0 ? Int(Double(metrics.rows) / seconds) : 0) rows/sec")
    if metrics.replacements > 0 {
      self.log.warning(
        "\(metrics.replacements) undecodable pieces of text were replaced by U+FFFD; check the columns' character sets")
    }
    if metrics.statementChanges > 0 { self.log.warning("\(Self.missingChanges(metrics.statementChanges))") }
    if metrics.emptiedTables > 0 {
      let times = metrics.emptiedTables == 1 ? "once" : "\(metrics.emptiedTables) times"
      self.log.warning(
        "rows of included tables were removed \(times) without being logged as rows (TRUNCATE, DROP TABLE, DROP DATABASE, partitions)"
      )
    }
    if metrics.unwantedRowEvents > 0 {
      self.log.info("passed over by operations: row_events=\(metrics.unwantedRowEvents)")
    }
    self.log.info("total events processed: \(metrics.events)")
  }
}

extension Duration {
  fileprivate var milliseconds: String { String(format: "%.2fms", self / .milliseconds(1)) }
}
