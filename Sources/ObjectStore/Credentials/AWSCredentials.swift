import Foundation

/// What requests are signed with.
///
/// Printing, interpolating, reflecting or dumping it shows nothing of it.
public struct AWSCredentials: Sendable, Equatable {
  package let accessKeyID: String
  package let secretAccessKey: String
  package let sessionToken: String?
  /// When they cease to work, where that is known.
  package let expiration: Date?

  /// Credentials of which each part can stand in a header; nil otherwise.
  public init?(accessKeyID: String, secretAccessKey: String, sessionToken: String?, expiration: Date? = nil) {
    let isPlain = { (text: String) in !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } }
    guard isPlain(accessKeyID), isPlain(secretAccessKey), sessionToken.map(isPlain) ?? true else { return nil }
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
    self.expiration = expiration
  }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always "<redacted>".
  public var description: String { "<redacted>" }
  /// Always "<redacted>".
  public var debugDescription: String { description }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
