import BinlogParser
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
    do throws(ConfigurationProblem) { text = try Self.text(at: path) } catch {
      throw ConfigurationError(path: path, problems: [error])
    }
    try self.init(text: text, arguments: StreamArguments(configurationPath: path), environment: variables)
    guard files == nil else {
      let problem = ConfigurationProblem(.invalidValue, "source must be \"server\" in a Lambda function")
      throw ConfigurationError(path: path, problems: [problem])
    }
    output.mode = .parquet
  }

  private static func text(at path: String) throws(ConfigurationProblem) -> [UInt8] {
    try ConfigurationFile.read(path)
  }

  /// The configuration with what `event` says in place of it.
  func overridden(by event: LambdaEvent) -> Configuration {
    var copy = self
    if let checkpoint = event.checkpoint { copy.durability.checkpointFile = checkpoint }
    switch (event.next ?? event.start)?.place {
    case .position(let position):
      copy.start = .position(position)
      copy.range = range.beginning(at: position)
    case .gtids(let gtids):
      copy.start = .gtids(gtids)
      copy.range = range.beginning(at: BinlogPosition(file: "", offset: 4))
    case .reached, nil: break
    }
    if let stop = event.stop { copy.apply(stop) }
    return copy
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
