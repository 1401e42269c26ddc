/// Everything that is wrong with a configuration file, in one report.
package struct ConfigurationError: Error, Equatable, Sendable {
  /// The path of the file, as given.
  package let path: String
  /// The problems; there is at least one.
  package let problems: [ConfigurationProblem]

  /// True if a value of `key` is wrong.
  func concerns(_ key: ConfigurationKey) -> Bool {
    problems.contains { $0.message.hasPrefix("\(key.rawValue) ") }
  }
}

extension ConfigurationError: CustomStringConvertible {
  /// One line for each problem: "config.json: InvalidPort: port must be 1 to 65535, is 70000".
  package var description: String {
    problems.map { "\(path): \($0)" }.joined(separator: "\n")
  }
}

/// One thing that is wrong with a configuration file.
package struct ConfigurationProblem: Error, Equatable, Sendable, CustomStringConvertible {
  /// The names of the problems, as scripts look for them.
  package enum Name: String, Sendable, CaseIterable {
    /// The file does not exist or cannot be read.
    case fileNotFound = "FileNotFound"
    /// The file is not one JSON object.
    case parseError = "ParseError"
    /// `host` is missing or no host.
    case invalidHost = "InvalidHost"
    /// `port` is missing or no port.
    case invalidPort = "InvalidPort"
    /// The name of a binlog file is missing or none.
    case invalidBinlogFile = "InvalidBinlogFile"
    /// A binlog position is missing or impossible.
    case invalidBinlogPosition = "InvalidBinlogPosition"
    /// A table filter pattern is malformed.
    case invalidFilter = "InvalidFilter"
    /// The same pattern stands in `include` and `exclude`.
    case conflictingPattern = "ConflictingPattern"
    /// Another value is of the wrong type or out of range.
    case invalidValue = "InvalidValue"
    /// There is no such key.
    case unknownKey = "UnknownKey"
  }

  /// What kind of problem.
  package let name: Name
  /// What is wrong, and what would be right.
  package let message: String

  init(_ name: Name, _ message: String) {
    self.name = name
    self.message = message
  }

  /// "InvalidPort: port must be 1 to 65535, is 70000".
  package var description: String { "\(name.rawValue): \(message)" }
}
