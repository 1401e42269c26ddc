import Foundation

/// Why an invocation, or the start of the function, failed: what is sent to `…/error`.
public struct FunctionError: Error, Sendable, Equatable, Encodable {
  /// What happened, for people.
  public let errorMessage: String
  /// "category.reason", for programs.
  public let errorType: String
  /// Lines of a stack; this runtime has none.
  public let stackTrace: [String]

  /// An error of the type `type`, "category.reason".
  public init(type: String, message: String) {
    errorMessage = message
    errorType = type
    stackTrace = []
  }

  /// The JSON object of the three fields.
  package var body: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings can always be encoded.
    guard let data = try? encoder.encode(self) else { preconditionFailure("an error cannot be encoded") }
    return Array(data)
  }
}
