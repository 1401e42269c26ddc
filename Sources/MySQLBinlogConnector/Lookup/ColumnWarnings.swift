import BinlogParser
import Logging

/// Warnings of tables whose columns are called c0, c1, …, or whose names may not be those of all rows, with what to do.
struct ColumnWarnings: Sendable {
  private let hasSources: Bool
  private let hasServer: Bool
  private let log = Logger(label: "event_parser")

  /// Warnings of a run that can, or cannot, ask schema files or a server.
  init(hasSources: Bool, hasServer: Bool) {
    self.hasSources = hasSources
    self.hasServer = hasServer
  }

  /// Warns of one table.
  @Sendable func report(_ notice: ColumnNotice, _ database: String, _ table: String) {
    switch notice {
    case .missing(let failures) where hasSources:
      let reasons = failures.map { "\($0)" }.joined(separator: "; ")
      log.warning("no column names for \(database).\(table), so they are c0, c1, …: \(reasons); \(remedy)")
    case .missing:
      log.warning(
        "the log has no column names for \(database).\(table) and perhaps others, so they are c0, c1, …: \(remedy)")
    case .uncertain(let origin, let place): log.warning("\(Self.uncertain("\(database).\(table)", origin, place))")
    }
  }

  private static func uncertain(_ table: String, _ origin: TableSchema.Origin, _ place: BinlogPosition) -> String {
    "the columns of \(table) have their names, labels and signs from \(origin), and the statement at \(place) may have "
      + "changed them: on one side of it they may be wrong; read the two sides in two runs, each with its own schema file"
  }

  private var remedy: String {
    "binlog_row_metadata FULL puts names into what is logged from then on"
      + (hasServer ? "" : ", and schema_files, of CREATE TABLE statements, names what is there")
  }
}
