import BinlogParser
import Logging
import MySQLWire
import ParquetWriter
import Pipeline
import Platform

/// Why a run failed: decides its exit code and its last words.
package enum RunError: Error {
  /// The configuration is wrong.
  case configuration(ConfigurationError)
  /// The server, or the way to it; and how far the run had come.
  case wire(WireError, reached: BinlogPosition?)
  /// The server does not have the log that was asked for; `oldest` is the first file that it has.
  case missingLog(WireError, reached: BinlogPosition?, oldest: String?)
  /// The server's log was reset, and `file` is another one; how far the output reaches, and what was received.
  case logReset(file: String, written: ResumePoint, received: BinlogPosition)
  /// A stop signal in an outage: complete transactions from there on were received, and are not written.
  case unwritten(from: ResumePoint)
  /// A binlog file cannot be read.
  case input(SystemError)
  /// An event is not what it must be.
  case binlog(BinlogError)
  /// A stage of the pipeline failed.
  case pipeline(PipelineError, reached: BinlogPosition)
  /// A file or a store that the run needs besides its output refuses.
  case output(OutputError)
  /// Events that wait for the end of their transaction, and do not fit into memory, cannot be put into a file.
  case scratch(SystemError)
  /// The process lacks something it needs from the system.
  case system(SystemError)

  /// How the program ends.
  var exitCode: ExitCode {
    switch self {
    case .configuration: .configuration
    case .wire(let error, _), .missingLog(let error, _, _): Self.exitCode(of: error)
    case .unwritten: .unavailable
    case .binlog, .logReset: .dataError
    case .pipeline(.binlog, _): .dataError
    case .pipeline(.checkpoint(.inUse), _): .configuration
    case .pipeline(.file(let error), _) where error.isInUse: .configuration
    case .output(let error) where error.isInUse: .configuration
    case .pipeline(.encoding, _), .pipeline(.file, _), .pipeline(.output, _), .pipeline(.checkpoint, _), .output,
      .system, .input, .scratch:
      .outputError
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

  /// True if the server no longer has, or never had, the log that was asked for.
  var isAboutMissingLog: Bool {
    if case .wire(let failure, _) = self { failure.isAboutMissingLog } else { false }
  }

  /// True if a stop signal, or the end of the run's time, ended a wait for the server.
  var isInterruption: Bool {
    if case .wire(let failure, _) = self { failure.category == .interrupted } else { false }
  }

  /// The error of the checkpoint of `configuration`.
  static func checkpoint(_ error: CheckpointStoreError, _ configuration: Configuration) -> RunError {
    switch error {
    case .unavailable(let error): .output(error)
    case .inUse: checkpoint("\(error): \(error.advice)", configuration)
    }
  }

  /// What the checkpoint of `configuration` holds is no checkpoint.
  static func checkpoint(_ error: Checkpoint.Malformed, _ configuration: Configuration) -> RunError {
    checkpoint(
      "\(error.reason): restore it; to begin anew, move the output away, in which rows would come twice, and remove it",
      configuration)
  }

  private static func checkpoint(_ problem: String, _ configuration: Configuration) -> RunError {
    let message = "checkpoint_file \(configuration.durability.checkpointFile.map { "\($0)" } ?? ""): \(problem)"
    return .configuration(
      ConfigurationError(path: configuration.path, problems: [ConfigurationProblem(.invalidValue, message)]))
  }

  /// What failed and where, in one line.
  var whatAndWhere: String {
    switch self {
    case .configuration(let error): error.description
    case .wire(let error, let reached?), .missingLog(let error, let reached?, _): "\(error); reached \(reached)"
    case .wire(let error, nil), .missingLog(let error, nil, _): error.description
    case .logReset(let file, let written, let received): Self.logReset(file, written, received)
    case .unwritten(let start):
      "stopped in an outage within a transaction: complete transactions from \(start) on were received, and are not written"
    case .binlog(let error): error.description
    case .pipeline(.binlog(let error), _): error.description
    case .pipeline(let error, let reached): "\(error); reached \(reached)"
    case .output(let error): error.description
    case .system(let error): error.description
    case .scratch(let error):
      "a large transaction whose end has not come could not be kept in a temporary file: \(error)"
    case .input(let error): "the binlog file could not be read: \(error)"
    }
  }

  private static func logReset(_ file: String, _ written: ResumePoint, _ received: BinlogPosition) -> String {
    let output =
      written.position == received
      ? "everything received, up to \(received), is written"
      : "the output ends at \(written), and what was received from there to \(received) is given up"
    return "\(SourceChange.logReset(file: file)); \(output)"
  }

  /// What to do about it.
  private var hint: String? {
    switch self {
    case .configuration: nil
    case .wire(let error, _), .missingLog(let error, _, nil): error.hint
    case .missingLog(let error, _, let oldest?):
      (error.hint.map { $0 + ". " } ?? "") + "The first binlog that the server still has is \(oldest)"
    case .binlog(let error), .pipeline(.binlog(let error), _): error.hint
    case .pipeline(.file(let error), _): error.advice
    case .pipeline(.checkpoint(let error), _): error.advice
    case .output(let error): error.advice
    case .logReset:
      "what the server logged behind there, before it was reset, is missing: move the output away, because names of files"
        + " come again, remove the checkpoint, and begin at the first binlog that the server has"
    case .unwritten: "begin there again; with a checkpoint_file the next run does so by itself"
    case .scratch: "let TMPDIR name a folder that can be written and has room for the server's largest transaction"
    case .pipeline(.output(let error), _), .system(let error), .input(let error): error.adviceOnLimit
    case .pipeline: nil
    }
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
