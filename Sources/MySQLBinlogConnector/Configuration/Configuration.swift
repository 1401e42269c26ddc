import BinlogParser
import MySQLWire
import ObjectStore
import Platform

/// Everything that a run is told: a configuration file, checked, with the command line's overrides applied.
package struct Configuration: Sendable {
  /// The path of the file, as given.
  package let path: String
  /// Which server, as whom.
  package let server: ServerSettings
  /// The binlog files to read in place of a server's.
  package let files: FileSettings?
  /// Encryption.
  package let tls: TLSOptions
  /// Which part of the binlog.
  package internal(set) var range: BinlogRange
  /// Where to begin when no checkpoint says otherwise.
  package internal(set) var start: StartSettings
  /// Where to end, beside the end of the range.
  package internal(set) var stop: StopCondition
  /// What to write, and where.
  package internal(set) var output: OutputSettings
  /// What makes it safe, and when.
  package internal(set) var durability: DurabilitySettings
  /// The object store, where the output or the checkpoint is in one.
  package internal(set) var objectStore: S3Settings?
  /// Which tables.
  package let filter: FilterSettings
  /// What is logged, and where.
  package let log: LogSettings
  /// What an AWS Lambda function keeps to.
  package let lambda: LambdaSettings
  /// The largest event, in bytes, packed or unpacked.
  package let maxEventBytes: Int
  /// What is worth a warning before the run begins.
  package private(set) var warnings: [String] = []

  /// True if the file itself holds the password.
  private let holdsPassword: Bool

  /// Reads the file that `arguments` name.
  ///
  /// - Parameter environment: the process environment; `MYSQL_PWD` is the password where the file gives none.
  /// - Throws: `ConfigurationError` with every problem of the file.
  package init(arguments: StreamArguments, environment: [String: String]) throws(ConfigurationError) {
    let text: [UInt8]
    do throws(ConfigurationProblem) {
      text = try ConfigurationFile.read(arguments.configurationPath)
    } catch {
      throw ConfigurationError(path: arguments.configurationPath, problems: [error])
    }
    try self.init(text: text, arguments: arguments, environment: environment)
    let path = arguments.configurationPath
    if holdsPassword, let warning = FileSystem.readableByOthersWarning(path, holding: "a password") {
      warnings.append(warning)
    }
    if let warning = server.passwordFileWarning { warnings.append(warning) }
  }

  /// Reads `text`, the contents of the file that `arguments` name.
  ///
  /// - Parameter needsFiles: there is no standard output.
  /// - Throws: `ConfigurationError` with every problem of the text.
  package init(
    text: [UInt8], arguments: StreamArguments, environment: [String: String], needsFiles: Bool = false
  ) throws(ConfigurationError) {
    var reader: ConfigurationReader
    do throws(ConfigurationProblem) {
      reader = try ConfigurationFile.parse(text)
    } catch {
      throw ConfigurationError(path: arguments.configurationPath, problems: [error])
    }
    path = arguments.configurationPath
    maxEventBytes = reader.count(.maxEventBytes)
    files = FileSettings.read(&reader, maxEventBytes: maxEventBytes)
    server = ServerSettings(&reader, environmentPassword: environment["MYSQL_PWD"], isNeeded: files == nil)
    tls = TLSOptions(&reader)
    let now = secondsSince1970()
    reader.translatePlaces(hasServer: files == nil, at: now)
    range = files.map { BinlogRange(&reader, in: $0) } ?? BinlogRange(&reader)
    start = StartSettings(&reader, range, hasServer: files == nil)
    stop = StopCondition(&reader, hasServer: files == nil)
    reader.checkOrder(start, stop, at: now)
    output = OutputSettings(&reader, needsFiles: needsFiles)
    durability = DurabilitySettings(&reader)
    if let problem = output.problem(withFileAt: durability.checkpointFile) {
      reader.report(.checkpointFile, problem)
    }
    objectStore = Self.keyInObjectStore(output, durability).flatMap { reader.objectStore(for: $0, environment) }
    if files != nil, output.columnNames == .lookup {
      reader.report(
        .columnNames, "lookup needs a server to ask, and source is file: leave it out, and give schema_files")
    }
    filter = FilterSettings(&reader)
    log = LogSettings(&reader, arguments)
    if let problem = log.problem(output, durability) { reader.report(.logFile, problem) }
    lambda = LambdaSettings(&reader)
    holdsPassword = reader.has(.password) && !server.password.isEmpty
    guard reader.problems.isEmpty else {
      throw ConfigurationError(path: arguments.configurationPath, problems: reader.problems)
    }
  }

  private static func keyInObjectStore(
    _ output: OutputSettings, _ durability: DurabilitySettings
  ) -> ConfigurationKey? {
    if output.delivery.place?.isS3 == true { return output.directoryKey }
    return durability.checkpointFile?.isS3 == true ? .checkpointFile : nil
  }

  /// True if the run has an end of its own.
  package var isBounded: Bool { range.isBounded || stop.isBounded }

  /// True if anybody wants to know which global transaction ids are complete.
  var needsGTIDs: Bool { durability.checkpointFile != nil || stop.gtids != nil }
}
