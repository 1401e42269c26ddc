import BinlogParser
import Logging

/// Warnings of tables whose columns are called c0, c1, …, with the reasons and what to do.
struct MissingNames: Sendable {
  private let hasServer: Bool
  private let log = Logger(label: "event_parser")

  /// Warnings of a run that can, or cannot, ask a server.
  init(hasServer: Bool) { self.hasServer = hasServer }

  /// Warns of one table, for which all sources failed.
  @Sendable func report(_ failures: [ColumnLookupFailure], _ schema: String, _ table: String) {
    if hasServer {
      let reasons = failures.map { "\($0)" }.joined(separator: "; ")
      log.warning("no column names for \(schema).\(table), so they are c0, c1, …: \(reasons); \(Self.remedy)")
    } else {
      log.warning(
        "the log has no column names for \(schema).\(table) and perhaps others, so they are c0, c1, …: \(Self.remedy)")
    }
  }

  private static let remedy = "binlog_row_metadata FULL puts names into what is logged from then on"
}
