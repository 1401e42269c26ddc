import Foundation
import Logging
import Platform

/// The program: reads its arguments, streams, and ends with an exit code of sysexits; or it is the runtime of a Lambda function.
@main
struct Main {
  static func main() {
    StandardDescriptors.fill()
    DescriptorLimit.raise()
    Signals.ignoreFileSizeLimit()
    let arguments = CommandLine.arguments
    let variables = ProcessInfo.processInfo.environment
    if arguments.count < 2, let lambda = LambdaEnvironment(variables, program: arguments.first ?? "") {
      exit(LambdaProgram.run(lambda, variables).rawValue)
    }
    exit(run(Array(arguments.dropFirst())).rawValue)
  }

  private static func run(_ arguments: [String]) -> ExitCode {
    switch Invocation.parse(arguments) {
    case .print(let text): return print(text)
    case .usageError(let text):
      FinalMessage.write(text)
      return .usage
    case .inspect(let arguments):
      do throws(RunError) { try openLog(level: .info, file: nil, sayingIn: "inspect") } catch { return error.report() }
      return InspectRun.run(arguments)
    case .schema(let arguments):
      do { return print(try schema(arguments)) } catch { return error.report() }
    case .stream(let arguments):
      do {
        try stream(arguments)
        return .success
      } catch {
        return error.report()
      }
    }
  }

  private static func print(_ text: String) -> ExitCode {
    do throws(SystemError) { try LineOutput.standardOutput.write(text + "\n") } catch {
      FinalMessage.write("\(error)")
      return .outputError
    }
    return .success
  }

  private static func schema(_ arguments: SchemaArguments) throws(RunError) -> String {
    let configuration = try load(StreamArguments(configurationPath: arguments.configurationPath))
    return try SchemaRun(configuration).text(arguments.dialects)
  }

  private static func stream(_ arguments: StreamArguments) throws(RunError) {
    let configuration = try load(arguments)
    try openLog(level: configuration.log.level, file: configuration.log.file, sayingIn: arguments.configurationPath)
    // Only now is it known whether these lines are wanted, and where.
    let log = Logger(label: "main")
    log.info("\(Version.text)")
    log.info("loaded configuration from: \(arguments.configurationPath)")
    for warning in configuration.warnings { log.warning("\(warning)") }
    try stream(configuration)
  }

  /// Reads the configuration. Its errors go to the log file of the command line, unless that is one of them: a file where none
  /// may be is not made.
  private static func load(_ arguments: StreamArguments) throws(RunError) -> Configuration {
    let level: LogLevel = arguments.isVerbose ? .debug : .info
    try openLog(level: level, file: nil, sayingIn: "--log-file")
    do {
      return try Configuration(arguments: arguments, environment: ProcessInfo.processInfo.environment)
    } catch {
      if !error.concerns(.logFile) { try openLog(level: level, file: arguments.logFile, sayingIn: "--log-file") }
      throw .configuration(error)
    }
  }

  private static func openLog(level: LogLevel, file: String?, sayingIn place: String) throws(RunError) {
    do throws(ConfigurationProblem) { try LogSetup.bootstrap(level: level, file: file) } catch {
      throw .configuration(ConfigurationError(path: place, problems: [error]))
    }
  }

  /// Runs until the end, or until a stop signal.
  private static func stream(_ configuration: Configuration) throws(RunError) {
    let log = Logger(label: "config")
    for line in configuration.summary { log.info("\(line)") }
    let interrupt: InterruptSource
    do { interrupt = try InterruptSource() } catch { throw .system(error) }
    Signals.install(wakeFileDescriptor: interrupt.wakeFileDescriptor)
    do {
      _ = try Session(configuration, RunRequest(), interrupt).run()
    } catch {
      // A stop signal before the first event: nothing was received, so nothing is lost.
      guard Signals.stopRequested, error.exitCode == .success else { throw error }
      Logger(label: "main").info("stopped before the stream began")
    }
  }
}
