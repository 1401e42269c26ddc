/// Why output could not be written.
public struct OutputError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What happened, and where, in one phrase.
  public let description: String
  /// What to do about it.
  public let advice: String
  /// True if the reason is another run that has taken over.
  public let isInUse: Bool

  /// An error in words that hold no secret.
  public init(_ description: String, advice: String, isInUse: Bool = false) {
    self.description = description
    self.advice = advice
    self.isInUse = isInUse
  }

  /// The file system refused.
  init(_ error: SystemError) {
    self.init(
      error.description,
      advice: error.isDiskFull
        ? "free some space and run again from the same position; files completed before are safe"
        : error.adviceOnLimit ?? "check the output folder and its permissions")
  }
}

/// Runs `body`, whose errors are those of output.
func asOutput<Value>(_ body: () throws(SystemError) -> Value) throws(OutputError) -> Value {
  do { return try body() } catch { throw OutputError(error) }
}
