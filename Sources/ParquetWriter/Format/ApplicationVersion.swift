// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

/// The program that writes a file, for `created_by`.
///
/// Readers parse this text to leave out the statistics of programs with known defects, and ignore the statistics when they
/// cannot parse it: hence the fixed form.
public struct ApplicationVersion: Sendable, Equatable, CustomStringConvertible {
  /// The name of the program.
  public let application: String
  /// "1.2.3".
  public let version: String
  /// The revision it was built from.
  public let build: String

  /// A program's name, version and build.
  public init(application: String, version: String, build: String) {
    self.application = application
    self.version = version
    self.build = build
  }

  /// "name version 1.2.3 (build 0abc)".
  public var description: String { "\(application) version \(version) (build \(build))" }
}
