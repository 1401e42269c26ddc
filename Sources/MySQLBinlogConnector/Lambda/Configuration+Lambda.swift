import BinlogParser
import ObjectStore
import Platform

extension Configuration {
  /// The configuration of the function that `environment` describes.
  ///
  /// - Throws: `ConfigurationError` with every problem of the text.
  package init(
    lambda environment: LambdaEnvironment, variables: [String: String]
  ) throws(ConfigurationError) {
    let paths = environment.configurationPaths
    let path = paths.first { FileSystem.exists($0) } ?? paths[0]
    let text: [UInt8]
    do throws(ConfigurationProblem) { text = try Self.text(at: path, variables) } catch {
      throw ConfigurationError(path: path, problems: [error])
    }
    try self.init(
      text: text, arguments: StreamArguments(configurationPath: path), environment: variables, needsFiles: true)
    guard files == nil else {
      let problem = ConfigurationProblem(.invalidValue, "source must be \"server\" in a Lambda function")
      throw ConfigurationError(path: path, problems: [problem])
    }
  }

  /// The bytes of the file, or of the object, at `location`.
  private static func text(
    at location: String, _ variables: [String: String]
  ) throws(ConfigurationProblem) -> [UInt8] {
    guard location.hasPrefix("s3://") else { return try ConfigurationFile.read(location) }
    let object: S3Client.Object?
    do {
      object = try S3Client(S3Settings(environment: variables)).get(S3URI(location))
    } catch {
      throw ConfigurationProblem(.fileNotFound, "the configuration cannot be read: \(error)")
    }
    guard let object else { throw ConfigurationProblem(.fileNotFound, "there is no such object") }
    return object.bytes
  }

  /// The configuration with what `event` says in place of it.
  ///
  /// - Parameter variables: the environment, which tells how to reach an object store.
  /// - Throws: `ConfigurationError` when it does not.
  func overridden(
    by event: LambdaEvent, _ variables: [String: String]
  ) throws(ConfigurationError) -> Configuration {
    var copy = self
    if let checkpoint = event.checkpoint { try copy.keepPlace(in: checkpoint, variables) }
    switch (event.next ?? event.start)?.place {
    case .position(let position):
      copy.start = .position(position)
      copy.range = range.beginning(at: position)
    case .gtids(let gtids):
      copy.start = gtids.map { .gtids($0) } ?? .oldest
      copy.range = range.beginning(at: BinlogPosition(file: "", offset: 4))
    case .reached, nil: break
    }
    if let stop = event.stop { copy.apply(stop) }
    return copy
  }

  private mutating func keepPlace(
    in checkpoint: StorageLocation, _ variables: [String: String]
  ) throws(ConfigurationError) {
    if let message = output.problem(withFileAt: checkpoint) {
      let problem = ConfigurationProblem(.invalidValue, "checkpoint \(message)")
      throw ConfigurationError(path: "the event", problems: [problem])
    }
    durability.checkpointFile = checkpoint
    guard checkpoint.isS3, objectStore == nil else { return }
    do throws(S3SettingsError) { objectStore = try S3Settings(environment: variables) } catch {
      let problem = ConfigurationProblem(.invalidValue, "checkpoint is in an object store, but \(error)")
      throw ConfigurationError(path: "the event", problems: [problem])
    }
  }

  /// Ends the range at `stop`, and nowhere else.
  private mutating func apply(_ stop: LambdaStop) {
    switch stop {
    case .position(let file, let offset):
      range = BinlogRange(from: range.from, toFile: file, toOffset: offset)
      self.stop = StopCondition()
    case .gtids(let gtids):
      range = BinlogRange(from: range.from, toFile: nil, toOffset: nil)
      self.stop = StopCondition(gtids: gtids)
    case .timestamp(let seconds):
      range = BinlogRange(from: range.from, toFile: nil, toOffset: nil)
      self.stop = StopCondition(timestamp: seconds)
    }
  }
}
