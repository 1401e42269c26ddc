import MySQLBinlogConnector
import Testing

@Suite struct InvocationTests {
  @Test(arguments: [
    ("config.json", StreamArguments(configurationPath: "config.json")),
    ("stream config.json", StreamArguments(configurationPath: "config.json")),
    ("config.json -v", StreamArguments(configurationPath: "config.json", isVerbose: true)),
    ("-v config.json", StreamArguments(configurationPath: "config.json", isVerbose: true)),
    ("stream -v config.json", StreamArguments(configurationPath: "config.json", isVerbose: true)),
    ("stream config.json --verbose", StreamArguments(configurationPath: "config.json", isVerbose: true)),
    ("config.json --log-file x.log", StreamArguments(configurationPath: "config.json", logFile: "x.log")),
    ("--log-file x.log config.json", StreamArguments(configurationPath: "config.json", logFile: "x.log")),
    ("--log-file=x.log config.json", StreamArguments(configurationPath: "config.json", logFile: "x.log")),
    (
      "-v --log-file x.log config.json",
      StreamArguments(configurationPath: "config.json", isVerbose: true, logFile: "x.log")
    ),
    (
      "stream --log-file x.log config.json -v",
      StreamArguments(configurationPath: "config.json", isVerbose: true, logFile: "x.log")
    ),
    ("./stream", StreamArguments(configurationPath: "./stream")),
    ("stream stream", StreamArguments(configurationPath: "stream")),
    ("-- -v", StreamArguments(configurationPath: "-v")),
  ])
  func stream(_ line: String, _ expected: StreamArguments) {
    #expect(Invocation.parse(line.split(separator: " ").map(String.init)) == .stream(expected))
  }

  @Test(arguments: [
    ("inspect a", InspectArguments(paths: ["a"])),
    ("inspect b a --events", InspectArguments(paths: ["b", "a"], listsEvents: true)),
    ("inspect --json a --verify b", InspectArguments(paths: ["a", "b"], isJSON: true, tellsChecksums: true)),
    (
      "inspect --events --json --verify -- --x",
      InspectArguments(paths: ["--x"], listsEvents: true, isJSON: true, tellsChecksums: true)
    ),
    ("inspect inspect", InspectArguments(paths: ["inspect"])),
  ])
  func inspect(_ line: String, _ expected: InspectArguments) {
    #expect(Invocation.parse(line.split(separator: " ").map(String.init)) == .inspect(expected))
  }

  @Test(arguments: [
    ["inspect"], ["inspect", "--events"], ["inspect", ""], ["inspect", "a", "-v"], ["inspect", "a", "--nope"],
  ])
  func inspectUsageError(_ arguments: [String]) {
    guard case .usageError(let text) = Invocation.parse(arguments) else {
      Issue.record("\(arguments) is accepted")
      return
    }
    #expect(text.contains("inspect <file>… [--events] [--json] [--verify]"))
  }

  @Test(arguments: [
    ("schema a.json", SchemaArguments(configurationPath: "a.json")),
    ("schema --dialect spark a.json", SchemaArguments(configurationPath: "a.json", dialects: [.spark])),
    ("schema a.json --dialect=duckdb", SchemaArguments(configurationPath: "a.json", dialects: [.duckdb])),
  ])
  func schema(_ line: String, _ expected: SchemaArguments) {
    #expect(Invocation.parse(line.split(separator: " ").map(String.init)) == .schema(expected))
  }

  @Test(arguments: [
    ["schema"], ["schema", ""], ["schema", "a", "b"], ["schema", "a", "--dialect"],
    ["schema", "a", "--dialect", "hive"],
  ])
  func schemaUsageError(_ arguments: [String]) {
    guard case .usageError(let text) = Invocation.parse(arguments) else {
      Issue.record("\(arguments) is accepted")
      return
    }
    #expect(text.contains("schema <config.json> [--dialect duckdb|spark|athena|clickhouse]"))
  }

  @Test(arguments: [
    [], ["stream"], ["-v"], ["a.json", "b.json"], ["config.json", "--nope"], ["--nope", "config.json"], ["--log-file"],
    ["config.json", "--log-file"], ["-x", "config.json"], [""], ["config.json", "--log-file", ""], ["-v=1", "a.json"],
    ["stream", "a.json", "extra"], ["--print-schema", "a.json"], ["a.json", "--print-schema"], ["--print-schema=yaml"],
  ])
  func usageError(_ arguments: [String]) {
    guard case .usageError(let text) = Invocation.parse(arguments) else {
      Issue.record("\(arguments) is accepted")
      return
    }
    #expect(text.split(separator: "\n").last?.hasPrefix("error: ") == true, "what is wrong must come last")
    #expect(text.lowercased().contains("usage: mysql-binlog-connector [stream] <config.json>"))
  }

  @Test(arguments: [["--version"], ["stream", "--version"]])
  func version(_ arguments: [String]) {
    #expect(Invocation.parse(arguments) == .print(text: "mysql-binlog-connector \(Version.number)"))
  }

  @Test(arguments: [["--help"], ["-h"], ["help"], ["stream", "--help"], ["help", "stream"]])
  func help(_ arguments: [String]) {
    guard case .print(let text) = Invocation.parse(arguments) else {
      Issue.record("\(arguments) is not help")
      return
    }
    #expect(text.contains("USAGE: mysql-binlog-connector [stream] <config.json> [-v] [--log-file <path>]"))
  }

  @Test(arguments: [
    (["--print-schema"], ConfigurationSchema.text), (["stream", "--print-schema=json"], ConfigurationSchema.text),
    (["--print-schema", "markdown"], ConfigurationPage.text),
    (["-v", "--print-schema=markdown"], ConfigurationPage.text),
  ])
  func printSchema(_ arguments: [String], _ text: String) {
    #expect(Invocation.parse(arguments) == .print(text: text))
  }

  /// The form in which Parquet readers look for a writer and its version: "name version X.Y.Z (build hash)".
  @Test func createdByHasTheFormThatReadersParse() throws {
    #expect(try /^[a-z-]+ version \d+\.\d+\.\d+ \(build [0-9a-z]+\)$/.wholeMatch(in: Version.createdBy) != nil)
  }

  @Test func exitCodesAreThoseOfSysexits() {
    #expect(ExitCode.allCases.map(\.rawValue) == [0, 64, 65, 69, 74, 77, 78])
  }
}
