import ArgumentParser

/// The arguments of `schema`.
package struct SchemaArguments: Equatable, Sendable {
  /// The path of the configuration file.
  package let configurationPath: String
  /// The engines for which statements are printed.
  package let dialects: [SQLDialect]

  /// Arguments as given on a command line.
  package init(configurationPath: String, dialects: [SQLDialect] = SQLDialect.allCases) {
    self.configurationPath = configurationPath
    self.dialects = dialects
  }
}

/// `mysql-binlog-connector schema <config.json> [--dialect <engine>]`.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the SQL by which engines read the typed tables that a configuration file describes.",
    usage: usage,
    discussion: """
      For each table of the output: the view of its current state in DuckDB, and the CREATE TABLE of Spark, Athena and \
      ClickHouse for all of its changes. The output can be piped into the engine.
      """)

  static let usage = "\(Version.program) schema <config.json> [--dialect duckdb|spark|athena|clickhouse]"

  @Argument(
    help: "The configuration file (JSON), of parquet_layout \"tables\".", completion: .file(extensions: ["json"]))
  var config: String

  @Option(help: "Print the statements of one engine only.")
  var dialect: SQLDialect?

  mutating func validate() throws {
    if config.isEmpty { throw ValidationError("The path of the configuration file is empty.") }
  }

  var arguments: SchemaArguments {
    SchemaArguments(configurationPath: config, dialects: dialect.map { [$0] } ?? SQLDialect.allCases)
  }
}

extension SQLDialect: ExpressibleByArgument {}
