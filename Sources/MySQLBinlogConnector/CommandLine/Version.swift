/// The name and version that the program gives for itself, on the command line and in the files it writes.
package enum Version {
  /// The program's name.
  package static let program = "mysql-binlog-connector"
  /// The version, by the rules of <https://semver.org>.
  package static let number = "1.0.0"
  /// What stands for the build in `created_by`, where readers expect a word: the source carries no commit hash.
  package static let build = "release"
  /// "mysql-binlog-connector 1.0.0", the answer to `--version`.
  package static let text = "\(program) \(number)"
  /// The `created_by` of a Parquet footer, in the form that readers parse before they trust the statistics.
  package static let createdBy = "\(program) version \(number) (build \(build))"
}
