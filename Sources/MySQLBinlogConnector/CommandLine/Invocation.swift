import ArgumentParser

/// What a command line asks for.
package enum Invocation: Equatable, Sendable {
  /// Read a binlog as the configuration file says.
  case stream(StreamArguments)
  /// Show what binlog files hold.
  case inspect(InspectArguments)
  /// Print the SQL by which engines read typed tables.
  case schema(SchemaArguments)
  /// Print `text` on standard output and end with success: help, version, or what is known of the configuration's keys.
  case print(text: String)
  /// Print `text` on standard error and end with `ExitCode.usage`.
  case usageError(text: String)

  /// Reads the arguments that follow the program's name.
  package static func parse(_ arguments: [String]) -> Invocation {
    do {
      var command = try RootCommand.parseAsRoot(arguments)
      if let stream = command as? StreamCommand { return stream.invocation }
      if let inspect = command as? InspectCommand { return .inspect(inspect.arguments) }
      if let schema = command as? SchemaCommand { return .schema(schema.arguments) }
      try command.run()
      return .usageError(text: RootCommand.helpMessage())
    } catch {
      // Requests for help and version come as errors, too.
      if RootCommand.exitCode(for: error).isSuccess { return .print(text: RootCommand.fullMessage(for: error)) }
      let usage = RootCommand.usageString()
      return .usageError(text: "Usage: \(usage)\nerror: \(RootCommand.message(for: error)) (--help tells more)")
    }
  }
}

/// The arguments of `stream`.
package struct StreamArguments: Equatable, Sendable {
  /// The path of the configuration file.
  package let configurationPath: String
  /// True if debug messages are wanted, whatever `log_level` says.
  package let isVerbose: Bool
  /// The log file, which goes before `log_file`.
  package let logFile: String?

  /// Arguments as given on a command line.
  package init(configurationPath: String, isVerbose: Bool = false, logFile: String? = nil) {
    self.configurationPath = configurationPath
    self.isVerbose = isVerbose
    self.logFile = logFile
  }
}

/// `mysql-binlog-connector`: help, version, and the subcommands.
struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: Version.program,
    abstract: "Reads MySQL and MariaDB binary logs and writes the row changes as text, lines of JSON or Parquet.",
    usage: """
      \(StreamCommand.usage)
      \(InspectCommand.usage)
      \(SchemaCommand.usage)
      \(Version.program) --help | --version | --print-schema[=markdown]
      """,
    discussion: """
      Data goes to standard output or to the Parquet folder; logs, progress and errors go to standard error or to the \
      log file. SIGINT and SIGTERM stop after the transaction that is being received and keep everything up to there.

      Keys of the configuration: --print-schema prints their JSON Schema, and --print-schema=markdown the page \
      docs/configuration.md.

      Exit codes: 0 done, 64 usage, 65 bad binlog data, 69 server unreachable, 74 output not written, 77 login refused \
      or privilege missing, 78 configuration wrong.
      """,
    version: Version.text,
    subcommands: [StreamCommand.self, InspectCommand.self, SchemaCommand.self],
    defaultSubcommand: StreamCommand.self)
}

/// `mysql-binlog-connector [stream] <config.json> [-v] [--log-file <path>]`.
struct StreamCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stream",
    abstract: "Stream the row changes that a configuration file describes. This is the default.",
    usage: usage)

  static let usage = "\(Version.program) [stream] <config.json> [-v] [--log-file <path>]"

  @Argument(help: "The configuration file (JSON).", completion: .file(extensions: ["json"]))
  var config: String?

  @Flag(name: [.customShort("v"), .customLong("verbose")], help: "Log debug messages too; overrides log_level.")
  var isVerbose = false

  @Option(help: "Append the log to this file instead of standard error; overrides log_file.", completion: .file())
  var logFile: String?

  @Option(
    defaultAsFlag: SchemaForm.json.rawValue,
    help: "Print the keys of the configuration, as a JSON Schema or with \"markdown\" as a page, and do nothing else.")
  var printSchema: String?

  mutating func validate() throws {
    if let printSchema {
      // As an option of type SchemaForm any other word would count as none.
      guard SchemaForm(rawValue: printSchema) != nil else {
        throw ValidationError("--print-schema takes json or markdown, not '\(printSchema)'.")
      }
      guard config == nil else { throw ValidationError("--print-schema needs no configuration file.") }
      return
    }
    guard let config else { throw ValidationError("Missing expected argument '<config>'") }
    if config.isEmpty { throw ValidationError("The path of the configuration file is empty.") }
    if logFile?.isEmpty == true { throw ValidationError("The path after --log-file is empty.") }
  }

  var invocation: Invocation {
    switch printSchema.flatMap(SchemaForm.init) {
    case .json: .print(text: ConfigurationSchema.text)
    case .markdown: .print(text: ConfigurationPage.text)
    case nil: .stream(StreamArguments(configurationPath: config ?? "", isVerbose: isVerbose, logFile: logFile))
    }
  }
}

/// The values of `--print-schema`.
enum SchemaForm: String {
  case json, markdown
}
