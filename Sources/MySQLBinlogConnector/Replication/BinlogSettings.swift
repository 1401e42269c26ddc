import Logging
import MySQLWire

/// The server's settings that decide what its binary log holds, and what is to be said about them.
///
/// See <https://dev.mysql.com/doc/refman/en/replication-options-binary-log.html>. A setting that a server does not have
/// is not judged.
package struct BinlogSettings: Sendable, Equatable {
  /// The settings that are asked for.
  private static let names = ["log_bin", "binlog_format", "binlog_row_image", "binlog_row_metadata"]

  private let values: [String: String]

  /// Settings by name; names are in lower case.
  package init(_ values: [String: String]) { self.values = values.mapValues { $0.uppercased() } }

  /// Asks the server; settings that it does not tell are missing.
  init(_ connection: Connection) throws(WireError) {
    let list = Self.names.map { "'\($0)'" }.joined(separator: ", ")
    var values: [String: String] = [:]
    do throws(WireError) {
      for row in try connection.query("SHOW GLOBAL VARIABLES WHERE Variable_name IN (\(list))").rows
      where row.count == 2 {
        if let name = row[0], let value = row[1] { values[name.lowercased()] = value }
      }
    } catch {
      guard case .server = error.cause else { throw error }
    }
    self.init(values)
  }

  /// All settings on one line; nil where none is known.
  package var summary: String? {
    let known = Self.names.compactMap { name in values[name].map { "\(name)=\($0)" } }
    return known.isEmpty ? nil : "server settings: " + known.joined(separator: " ")
  }

  /// What is wrong with them and what to set, one line each.
  package func warnings(columnNames: OutputSettings.ColumnNames) -> [String] {
    var warnings: [String] = []
    if values["log_bin"] == "OFF" || values["log_bin"] == "0" {
      warnings.append("log_bin is OFF: the server writes no binary log; start it with log_bin")
    }
    if let format = values["binlog_format"], format != "ROW" {
      warnings.append("binlog_format is \(format): changes that are logged as statements are missing; set it to ROW")
    }
    if let image = values["binlog_row_image"], image != "FULL" {
      let missing = image.hasPrefix("MINIMAL") ? "columns that a statement did not need" : "some columns"
      warnings.append("binlog_row_image is \(image): \(missing) are absent from the rows; set it to FULL")
    }
    if let metadata = values["binlog_row_metadata"], metadata != "FULL", !columnNames.mayAskServer {
      warnings += Self.losses(metadata, columnNames).map {
        "binlog_row_metadata is \(metadata): \($0); set it to FULL, or column_names to auto"
      }
    }
    return warnings
  }

  /// What a log with less `metadata` than FULL does not say.
  private static func losses(_ metadata: String, _ columnNames: OutputSettings.ColumnNames) -> [String] {
    let names = columnNames == .log ? ["columns are called c0, c1, …"] : []
    guard metadata == "NO_LOG" else { return names }
    return names + [
      "unsigned numbers with the highest bit come out negative, text in other character sets than utf8mb4 and bytes that are no "
        + "text in hex, other bytes as text, ENUM and SET values as numbers"
    ]
  }

  /// Logs the summary and every warning.
  func judge(_ output: OutputSettings) {
    let log = Logger(label: "connection")
    if let summary { log.info("\(summary)") }
    let columnNames = output.schemaFiles.isEmpty ? output.columnNames : .auto
    for warning in warnings(columnNames: columnNames) { log.warning("\(warning)") }
  }
}
