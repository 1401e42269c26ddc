import HTTP

/// Why the Runtime API could not be used. Each ends the runtime: Lambda starts another one.
public enum RuntimeAPIError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There was no answer.
  case transport(request: String, HTTPFailure)
  /// The answer was a status that there is no way on from.
  case status(request: String, Int)
  /// An answer makes no sense; which.
  case malformed(String)

  /// What happened, in one sentence.
  public var description: String {
    switch self {
    case .transport(let request, let failure): "the Lambda Runtime API did not answer \(request): \(failure)"
    case .status(let request, let status): "the Lambda Runtime API answered \(request) with status \(status)"
    case .malformed(let what): "the Lambda Runtime API's answer is malformed: \(what)"
    }
  }
}
