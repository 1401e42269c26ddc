import LambdaRuntime
import Logging
import Platform

/// The program as the runtime of an AWS Lambda function: `bootstrap`.
enum LambdaProgram {
  /// Reads the configuration, and then handles invocations for as long as Lambda keeps the process.
  ///
  /// Nothing is connected to before the first invocation. Errors of invocations do not end the program.
  static func run(_ environment: LambdaEnvironment, _ variables: [String: String]) -> ExitCode {
    Signals.ignoreBrokenPipes()
    if environment.logsJSON { LogSink.shared.setForm(.json(requestID: nil)) }
    let api = RuntimeAPI(address: environment.runtimeAPI)
    let configuration: Configuration
    do throws(ConfigurationError) { configuration = try load(environment, variables) } catch {
      return failInit(.configuration(error), api)
    }
    let function = LambdaFunction(configuration, environment, variables)
    do throws(RuntimeAPIError) {
      try RuntimeLoop(api, notice: warn).run(function.handle)
    } catch {
      return report(error)
    }
  }

  private static func load(
    _ environment: LambdaEnvironment, _ variables: [String: String]
  ) throws(ConfigurationError) -> Configuration {
    do throws(ConfigurationProblem) {
      try LogSetup.bootstrap(level: environment.logLevel ?? .info, file: nil)
    } catch {
      throw ConfigurationError(path: "log", problems: [error])
    }
    let configuration = try Configuration(lambda: environment, variables: variables)
    do throws(ConfigurationProblem) {
      try LogSetup.bootstrap(level: environment.logLevel ?? configuration.log.level, file: configuration.log.file)
    } catch {
      throw ConfigurationError(path: configuration.path, problems: [error])
    }
    Logger(label: "main").info("\(Version.text), configuration from \(configuration.path)")
    for line in configuration.summary { Logger(label: "config").info("\(line)") }
    return configuration
  }

  private static func failInit(_ error: RunError, _ api: RuntimeAPI) -> ExitCode {
    let code = error.report()
    do throws(RuntimeAPIError) { try api.failInit(FunctionError(error)) } catch { _ = report(error) }
    return code
  }

  private static func report(_ error: RuntimeAPIError) -> ExitCode {
    Logger(label: "main").error("\(error)")
    return .unavailable
  }

  private static func warn(_ notice: RuntimeLoop.Notice) {
    switch notice {
    case .answerRefused(let requestID, let status):
      Logger(label: "main").warning("Lambda did not take the answer to \(requestID): status \(status)")
    }
  }
}
