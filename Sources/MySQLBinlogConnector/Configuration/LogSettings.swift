/// What is logged, and where.
package struct LogSettings: Sendable, Equatable {
  /// The least severe level that is logged.
  package let level: LogLevel
  /// The file that the log is appended to; nil is standard error.
  package let file: String?

  init(_ reader: inout ConfigurationReader, _ arguments: StreamArguments) {
    let configured = reader.choice(.logLevel, default: LogLevel.info)
    level = arguments.isVerbose ? .debug : configured
    let file = reader.text(.logFile)
    self.file = arguments.logFile ?? file
  }
}
