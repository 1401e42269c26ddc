import MySQLBinlogConnector
import Testing

@Suite struct LambdaEnvironmentTests {
  private func environment(_ more: [String: String]) -> LambdaEnvironment? {
    LambdaEnvironment(
      ["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001"].merging(more) { $1 }, program: "/var/runtime/bootstrap")
  }

  @Test func outsideOfLambda() {
    #expect(LambdaEnvironment([:], program: "x") == nil)
    #expect(environment(["AWS_LAMBDA_RUNTIME_API": ""]) == nil)
  }

  @Test func defaults() {
    let lambda = environment([:])
    #expect(lambda?.runtimeAPI == "127.0.0.1:9001")
    #expect(lambda?.logsJSON == false && lambda?.logLevel == nil)
    #expect(lambda?.configurationPaths == ["/var/runtime/config.json"])
  }

  @Test func configurationPaths() {
    let root = ["LAMBDA_TASK_ROOT": "/var/task"]
    #expect(environment(root)?.configurationPaths == ["/var/task/config.json", "/var/runtime/config.json"])
    let named = root.merging(["CONNECTOR_CONFIG": "s3://bucket/config.json"]) { $1 }
    #expect(environment(named)?.configurationPaths == ["s3://bucket/config.json"])
  }

  @Test(arguments: [
    ("TRACE", LogLevel.debug), ("DEBUG", .debug), ("INFO", .info), ("WARN", .warn), ("ERROR", .err), ("FATAL", .err),
    ("nonsense", nil),
  ])
  func logLevels(_ name: String, _ level: LogLevel?) {
    #expect(environment(["AWS_LAMBDA_LOG_LEVEL": name])?.logLevel == level)
  }

  @Test(arguments: [("JSON", true), ("Text", false), ("", false)])
  func logFormats(_ name: String, _ isJSON: Bool) {
    #expect(environment(["AWS_LAMBDA_LOG_FORMAT": name])?.logsJSON == isJSON)
  }
}
