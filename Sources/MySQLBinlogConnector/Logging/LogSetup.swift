import Logging
import Platform

/// Makes our sink the destination of swift-log.
package enum LogSetup {
  /// Sends all loggers, those that exist already too, to `file`, or to standard error.
  ///
  /// May be called again: first with what the command line says, then with what the configuration says.
  ///
  /// - Throws: an `InvalidValue` problem when the file cannot be opened. That is an error of the configuration (78) and not
  ///   of the output (74): nothing was read yet, and no data is lost.
  package static func bootstrap(level: LogLevel, file: String?) throws(ConfigurationProblem) {
    LogSink.shared.redirect(to: try output(file), level: level)
    _ = installed
  }

  private static func output(_ file: String?) throws(ConfigurationProblem) -> LineOutput {
    guard let file else { return .standardError }
    do throws(SystemError) {
      return try LineOutput(appendingTo: file)
    } catch {
      let reason = error.isPipeWithoutReader ? "it is a pipe that nobody reads" : error.reason
      let message = "log_file \(file.quotedForMessage) cannot be opened for appending: \(reason)"
      throw ConfigurationProblem(.invalidValue, message)
    }
  }

  /// swift-log takes a factory once in the life of a process.
  private static let installed: Void = LoggingSystem.bootstrap { SinkLogHandler(label: $0, sink: .shared) }
}
