import AsyncHTTPClient

/// Why a request has no response.
public struct HTTPFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// What happened, in words that hold no secret.
  public let description: String
  /// Whether the time was over.
  public let isTimeout: Bool

  /// A failure in words.
  public init(_ description: String, isTimeout: Bool = false) {
    self.description = description
    self.isTimeout = isTimeout
  }

  init(_ error: any Error) {
    let timeouts: [HTTPClientError] = [.readTimeout, .writeTimeout, .connectTimeout, .deadlineExceeded]
    let isTimeout = (error as? HTTPClientError).map(timeouts.contains) ?? false
    self.init("\(error)", isTimeout: isTimeout)
  }
}
