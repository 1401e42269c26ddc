import Logging

/// The four levels of the log, in the words of the configuration and of the log lines.
package enum LogLevel: String, CaseIterable, Sendable, Comparable {
  /// What a developer looks for.
  case debug
  /// What happens.
  case info
  /// What may need attention.
  case warn
  /// What failed.
  case err

  /// The level that a level of swift-log counts as.
  package init(_ level: Logger.Level) {
    switch level {
    case .trace, .debug: self = .debug
    case .info, .notice: self = .info
    case .warning: self = .warn
    case .error, .critical: self = .err
    }
  }

  /// The least severe level of swift-log that counts as this one.
  package var threshold: Logger.Level {
    switch self {
    case .debug: .trace
    case .info: .info
    case .warn: .warning
    case .err: .error
    }
  }

  /// The level that a value of `AWS_LAMBDA_LOG_LEVEL` means: TRACE, DEBUG, INFO, WARN, ERROR or FATAL; nil for others.
  package init?(lambdaName name: String) {
    switch name.uppercased() {
    case "TRACE", "DEBUG": self = .debug
    case "INFO": self = .info
    case "WARN": self = .warn
    case "ERROR", "FATAL": self = .err
    default: return nil
    }
  }

  /// The level in the words of AWS Lambda.
  var lambdaName: String {
    switch self {
    case .debug: "DEBUG"
    case .info: "INFO"
    case .warn: "WARN"
    case .err: "ERROR"
    }
  }

  /// More severe is greater.
  package static func < (a: LogLevel, b: LogLevel) -> Bool { a.threshold < b.threshold }
}
