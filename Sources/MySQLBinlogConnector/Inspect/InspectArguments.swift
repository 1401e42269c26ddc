import ArgumentParser

/// The arguments of `inspect`.
package struct InspectArguments: Equatable, Sendable {
  /// The binlog files.
  package let paths: [String]
  /// True if every event is listed, in place of the summary.
  package let listsEvents: Bool
  /// True if the output is for machines: JSON, one object in each line.
  package let isJSON: Bool
  /// True if the number of verified checksums is told.
  package let tellsChecksums: Bool

  /// Arguments as given on a command line.
  package init(paths: [String], listsEvents: Bool = false, isJSON: Bool = false, tellsChecksums: Bool = false) {
    self.paths = paths
    self.listsEvents = listsEvents
    self.isJSON = isJSON
    self.tellsChecksums = tellsChecksums
  }
}

/// `mysql-binlog-connector inspect <file>… [--events] [--json] [--verify]`.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what binlog files hold: server, times, events, tables, transactions.",
    usage: usage,
    discussion: """
      Every checksum in the files is compared. At the first damaged event the output ends, and the exit code is 65.
      """)

  static let usage = "\(Version.program) inspect <file>… [--events] [--json] [--verify]"

  @Argument(help: "Binlog or relay log files.", completion: .file())
  var files: [String]

  @Flag(help: "List every event with its decoded fields in place of the summary.")
  var events = false

  @Flag(help: "Print JSON: one object in a line for each file, or with --events for each event.")
  var json = false

  @Flag(help: "Also say how many checksums were compared.")
  var verify = false

  mutating func validate() throws {
    if files.contains("") { throw ValidationError("The path of a file is empty.") }
  }

  var arguments: InspectArguments {
    InspectArguments(paths: files, listsEvents: events, isJSON: json, tellsChecksums: verify)
  }
}
