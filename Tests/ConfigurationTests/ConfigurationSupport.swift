import MySQLBinlogConnector

/// The four keys that every configuration needs.
private let required = [
  "host": "\"db.example\"", "port": "3306", "from_binlog_file": "\"binlog.000001\"", "from_binlog_position": "4",
]

/// A configuration text: the required keys, with `changes` put over them. An empty value takes a key away.
func json(_ changes: [String: String] = [:]) -> String {
  let values = required.merging(changes) { $1 }.filter { !$0.value.isEmpty }
  return "{" + values.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ",\n ") + "}"
}

/// What `text` means.
func configuration(
  _ text: String, arguments: StreamArguments = StreamArguments(configurationPath: "config.json"),
  environment: [String: String] = [:]
) throws(ConfigurationError) -> Configuration {
  try Configuration(text: Array(text.utf8), arguments: arguments, environment: environment)
}

/// The problems of `text`, each as its line of the report.
func problems(_ text: String) -> [String] { problems(Array(text.utf8)) }

/// The problems of the bytes `text`, each as its line of the report.
func problems(_ text: [UInt8]) -> [String] {
  do throws(ConfigurationError) {
    _ = try Configuration(
      text: text, arguments: StreamArguments(configurationPath: "config.json"), environment: [:])
    return []
  } catch {
    return error.problems.map(\.description)
  }
}
