import Platform

/// What AWS Lambda tells a function in environment variables.
///
/// See <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>.
package struct LambdaEnvironment: Sendable, Equatable {
  /// `AWS_LAMBDA_RUNTIME_API`: "host:port" of the Runtime API.
  package let runtimeAPI: String
  /// `AWS_LAMBDA_FUNCTION_NAME`.
  package let functionName: String
  /// True if `AWS_LAMBDA_LOG_FORMAT` asks for log lines in JSON.
  package let logsJSON: Bool
  /// `AWS_LAMBDA_LOG_LEVEL`, which goes before `log_level`; nil where it is not set.
  package let logLevel: LogLevel?
  /// Where a configuration may be; the first that exists is taken.
  package let configurationPaths: [String]

  /// Reads `environment`; nil outside of Lambda.
  ///
  /// - Parameter program: the path by which the program was started.
  package init?(_ environment: [String: String], program: String) {
    let value = { (name: String) in environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    guard let address = value("AWS_LAMBDA_RUNTIME_API") else { return nil }
    runtimeAPI = address
    functionName = value("AWS_LAMBDA_FUNCTION_NAME") ?? Version.program
    logsJSON = value("AWS_LAMBDA_LOG_FORMAT")?.lowercased() == "json"
    logLevel = value("AWS_LAMBDA_LOG_LEVEL").flatMap { LogLevel(lambdaName: $0) }
    let folders = [value("LAMBDA_TASK_ROOT"), FileSystem.parent(of: program)].compactMap(\.self)
    configurationPaths = value("CONNECTOR_CONFIG").map { [$0] } ?? folders.map { "\($0)/config.json" }
  }
}
