import Foundation

/// What is wrong with the environment, in words that hold no secret.
public struct S3SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, and what would be right.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// Where the store is and who asks: what the environment says, by the names that the AWS tools know.
///
/// See <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>.
public struct S3Settings: Sendable {
  /// `AWS_REGION`, else `AWS_DEFAULT_REGION`, else for an endpoint of one's own "us-east-1".
  public let region: String
  /// `AWS_ENDPOINT_URL_S3`, else `AWS_ENDPOINT_URL`: "http://127.0.0.1:9000", without a slash at its end; nil is AWS.
  public let endpoint: String?
  /// Who asks.
  public let credentials: CredentialsSource
  /// `AWS_MAX_ATTEMPTS`: how often a request is tried.
  public let maxAttempts: Int
  /// `AWS_CA_BUNDLE`: a PEM file of the authorities to trust in place of the system's.
  public let authorityFile: String?

  /// The default of `AWS_MAX_ATTEMPTS`: about 40 seconds, waits included.
  public static let defaultMaxAttempts = 10

  /// Reads `environment`.
  public init(environment: [String: String]) throws(S3SettingsError) {
    let value = { (name: String) in environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    endpoint = try (value("AWS_ENDPOINT_URL_S3") ?? value("AWS_ENDPOINT_URL")).map(Self.endpoint)
    guard let region = value("AWS_REGION") ?? value("AWS_DEFAULT_REGION") ?? endpoint.map({ _ in "us-east-1" }) else {
      throw S3SettingsError("AWS_REGION is not set")
    }
    guard region.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else {
      throw S3SettingsError("AWS_REGION must be the name of a region, like eu-central-1")
    }
    self.region = region
    credentials = try CredentialsSource(environment: environment)
    let attempts = value("AWS_MAX_ATTEMPTS").map { Int($0) } ?? Self.defaultMaxAttempts
    guard let attempts, (1...1000).contains(attempts) else {
      throw S3SettingsError("AWS_MAX_ATTEMPTS must be 1 to 1000")
    }
    maxAttempts = attempts
    authorityFile = value("AWS_CA_BUNDLE")
  }

  private static func endpoint(_ text: String) throws(S3SettingsError) -> String {
    guard let components = URLComponents(string: text), let host = components.host, !host.isEmpty,
      ["http", "https"].contains(components.scheme?.lowercased()), components.user == nil, components.query == nil,
      components.fragment == nil, ["", "/"].contains(components.path)
    else { throw S3SettingsError("AWS_ENDPOINT_URL_S3 must be an address like https://host:port") }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  /// "region=eu-central-1 endpoint=… credentials=environment", for the log.
  public var summary: String {
    "region=\(region) endpoint=\(endpoint ?? "AWS") credentials=\(credentials.summary)"
  }
}
