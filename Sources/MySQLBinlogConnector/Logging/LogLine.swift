import Bytes
import Foundation
import Logging

/// One line of the log: "info(main): connected successfully", then metadata as key=value.
package struct LogLine: Sendable {
  /// The level.
  package let level: LogLevel
  /// The label of the logger.
  package let scope: String
  /// What happened.
  package let message: String
  /// Details, written in the order of their keys.
  package let metadata: Logger.Metadata

  /// A line of these parts.
  package init(level: LogLevel, scope: String, message: String, metadata: Logger.Metadata = [:]) {
    self.level = level
    self.scope = scope
    self.message = message
    self.metadata = metadata
  }

  /// The line as a JSON object, in the form of AWS Lambda's own lines.
  ///
  /// See <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>.
  package func json(at time: Date, requestID: String?) -> String {
    var object = JSONObject()
    object.add("timestamp", time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    object.add("level", level.lambdaName)
    object.add("message", message + details)
    object.add("scope", scope)
    if let requestID { object.add("requestId", requestID) }
    return object.text
  }

  private var details: String {
    metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.quotedIfNeeded("\($0.value)"))" }.joined()
  }

  /// The line without a line break at its end; what steers a terminal is escaped, so that it stays one line.
  package func text(inColour: Bool) -> String {
    let text = Self.escaped("(\(scope)): \(message)\(details)")
    return inColour ? "\(colour)\(level.rawValue)\(Self.plain)\(text)" : "\(level.rawValue)\(text)"
  }

  private static let plain = "\u{1B}[0m"

  private var colour: String {
    switch level {
    case .debug: "\u{1B}[2m"
    case .info: "\u{1B}[32m"
    case .warn: "\u{1B}[33m"
    case .err: "\u{1B}[1;31m"
    }
  }

  private static func quotedIfNeeded(_ value: String) -> String {
    let isPlain = !value.isEmpty && !value.unicodeScalars.contains { $0 == " " || $0 == "=" || $0 == "\"" }
    return isPlain
      ? value : "\"\(value.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\""))\""
  }

  /// More of a line is cut: no message of ours is so long, but what a server sends may be.
  private static let longest = 16_384

  /// What steers a terminal becomes an escape, and a long text is cut: a name or message from the server can neither forge
  /// a line, nor steer the terminal, nor fill the log.
  package static func escaped(_ text: String) -> String {
    let isLong = text.utf8.count > longest
    guard isLong || text.unicodeScalars.contains(where: \.steersTerminal) else { return text }
    let scalars = isLong ? text.unicodeScalars.prefix(longest) : text.unicodeScalars[...]
    let shown = scalars.map { $0.steersTerminal ? $0.escaped(asASCII: true) : String($0) }.joined()
    return isLong ? "\(shown)… (\(text.utf8.count) bytes)" : shown
  }
}
