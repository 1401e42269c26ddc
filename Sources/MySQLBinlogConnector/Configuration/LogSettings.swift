import Platform

/// What is logged, and where.
package struct LogSettings: Sendable, Equatable {
  /// The least severe level that is logged.
  package let level: LogLevel
  /// The file that the log is appended to; nil is standard error.
  package let file: String?

  init(_ reader: inout ConfigurationReader, _ arguments: StreamArguments) {
    let configured: LogLevel = reader.choice(.logLevel)
    level = arguments.isVerbose ? .debug : configured
    let file = reader.text(.logFile)
    self.file = arguments.logFile ?? file
  }

  /// Reason why the log cannot be where it is; nil when it can.
  func problem(_ output: OutputSettings, _ durability: DurabilitySettings) -> String? {
    guard let file else { return nil }
    if let problem = output.problem(withFileAt: .path(file)) { return problem }
    guard case .path(let checkpoint)? = durability.checkpointFile else { return nil }
    guard FileSystem.resolveExisting(file) == FileSystem.resolveExisting(checkpoint) else { return nil }
    return "must be another file than checkpoint_file, is \(file.quotedForMessage)"
  }
}
