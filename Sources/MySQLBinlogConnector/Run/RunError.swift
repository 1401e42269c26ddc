import BinlogParser
import Logging
import MySQLWire
import ParquetWriter
import Pipeline
import Platform

/// Why a run failed: decides its exit code and its last words.
enum RunError: Error {
  /// The configuration is wrong.
  case configuration(ConfigurationError)
  /// The server, or the way to it; and how far the run had come.
  case wire(WireError, reached: BinlogPosition?)
  /// The server does not have the log that was asked for; `oldest` is the first file that it has.
  case missingLog(WireError, reached: BinlogPosition?, oldest: String?)
  /// A binlog file cannot be read.
  case input(SystemError)
  /// An event is not what it must be.
  case binlog(BinlogError)
  /// A stage of the pipeline failed.
  case pipeline(PipelineError, reached: BinlogPosition)
  /// The process lacks something it needs from the system.
  case system(SystemError)

  /// How the program ends.
  var exitCode: ExitCode {
    switch self {
    case .configuration: .configuration
    case .wire(let error, _), .missingLog(let error, _, _): Self.exitCode(of: error)
    case .binlog: .dataError
    case .pipeline(.binlog, _): .dataError
    case .pipeline(.parquet, _), .pipeline(.output, _), .pipeline(.checkpoint, _), .system, .input: .outputError
    case .pipeline(.outputClosed, _): .success
    }
  }

  private static func exitCode(of error: WireError) -> ExitCode {
    switch error.category {
    case .unreachable: .unavailable
    case .loginRefused: .noPermission
    case .configuration: .configuration
    case .protocolViolation, .serverData: .dataError
    case .interrupted: .success
    }
  }

  /// The error of the checkpoint file of `configuration`.
  static func checkpoint(_ problem: CheckpointFile.Problem, _ configuration: Configuration) -> RunError {
    let path = configuration.durability.checkpointFile ?? ""
    let reason: String
    switch problem {
    case .system(let error): return .system(error)
    case .inUse: reason = "another run uses it: give each run a checkpoint_file of its own"
    case .malformed(let why): reason = "\(why): restore it, or remove it to begin anew"
    }
    return .configuration(
      ConfigurationError(
        path: configuration.path, problems: [ConfigurationProblem(.invalidValue, "checkpoint_file \(path): \(reason)")])
    )
  }

  /// What failed and where, in one line.
  var whatAndWhere: String {
    switch self {
    case .configuration(let error): error.description
    case .wire(let error, let reached?), .missingLog(let error, let reached?, _): "\(error); reached \(reached)"
    case .wire(let error, nil), .missingLog(let error, nil, _): error.description
    case .binlog(let error): error.description
    case .pipeline(.binlog(let error), _): error.description
    case .pipeline(let error, let reached): "\(error); reached \(reached)"
    case .system(let error): error.description
    case .input(let error): "the binlog file could not be read: \(error)"
    }
  }

  /// What to do about it.
  private var hint: String? {
    switch self {
    case .configuration: nil
    case .wire(let error, _), .missingLog(let error, _, nil): error.hint
    case .missingLog(let error, _, let oldest?):
      (error.hint.map { $0 + ". " } ?? "") + "The first binlog that the server still has is \(oldest)"
    case .binlog(let error), .pipeline(.binlog(let error), _): error.hint
    case .pipeline(.parquet(let error), _): Self.hint(for: error)
    case .pipeline(.checkpoint, _): "check checkpoint_file, its folder's permissions and free space, and run again"
    case .pipeline, .system, .input: nil
    }
  }

  private static func hint(for error: ParquetError) -> String? {
    guard case .system(let error) = error else { return nil }
    return error.isDiskFull
      ? "free some space and run again from the same position; files completed before are safe"
      : "check parquet_output_dir and its permissions"
  }

  /// A line for each problem of a configuration, else one that says what, where, and what to do.
  var lines: [String] {
    if case .configuration(let error) = self { return error.problems.map { "\(error.path): \($0)" } }
    return [hint.map { "\(whatAndWhere). \($0.capitalizedFirst)." } ?? whatAndWhere]
  }

  /// Logs the error, makes it the last line of standard error, and returns the exit code.
  func report() -> ExitCode {
    guard exitCode != .success else { return .success }
    for line in lines {
      Logger(label: "main").error("\(line)")
      if LogSink.shared.writesToFile { FinalMessage.write(LogLine.escaped(line)) }
    }
    return exitCode
  }
}

/// The last line of a failed run on standard error, also where the log goes to a file.
enum FinalMessage {
  static func write(_ text: String) {
    // There is no place left to report that standard error cannot be written.
    try? LineOutput.standardError.write(text.hasSuffix("\n") ? text : text + "\n")
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
