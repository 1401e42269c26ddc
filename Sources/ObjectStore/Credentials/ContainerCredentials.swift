import Bytes
import Foundation
import HTTP
import Platform

/// The endpoint from which a container gets credentials that last for some hours.
///
/// See <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>.
public struct ContainerCredentials: Sendable {
  /// What stands in the Authorization header of the request.
  private enum Authorization {
    case none
    case token(String)
    /// The first line of a file, which is read anew each time.
    case file(String)
  }

  /// Why there are none.
  package struct Failure: Error {
    package let reason: String
    /// True if it may be better in a moment.
    let isTransient: Bool
  }

  let url: String
  private let authorization: Authorization

  private static let relativeHost = "http://169.254.170.2"
  /// Hosts that get a token without encryption: the container's own machine, ECS and EKS.
  private static let plainHosts: Set<String> = [
    "localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]",
  ]
  private static let timeoutSeconds = 5.0
  private static let tokenBytes = 1 << 16

  /// The endpoint that `environment` names; nil for none.
  init?(environment: [String: String]) throws(S3SettingsError) {
    let value = { (name: String) in environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    if let path = value("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
      guard path.hasPrefix("/"), URL(string: Self.relativeHost + path) != nil else {
        throw S3SettingsError("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI must be a path that begins with /")
      }
      url = Self.relativeHost + path
    } else if let text = value("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
      guard Self.mayBeAsked(text) else {
        throw S3SettingsError(
          "AWS_CONTAINER_CREDENTIALS_FULL_URI must be an https address, or http at the loopback, ECS's or EKS's host")
      }
      url = text
    } else {
      return nil
    }
    if let path = value("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
      authorization = .file(path)
    } else if let token = value("AWS_CONTAINER_AUTHORIZATION_TOKEN") {
      guard Self.isHeaderValue(token) else {
        throw S3SettingsError("AWS_CONTAINER_AUTHORIZATION_TOKEN must be one line of printable ASCII")
      }
      authorization = .token(token)
    } else {
      authorization = .none
    }
  }

  private static func mayBeAsked(_ text: String) -> Bool {
    guard let components = URLComponents(string: text), let host = components.host?.lowercased(), !host.isEmpty else {
      return false
    }
    guard components.scheme?.lowercased() != "https" else { return true }
    guard components.scheme?.lowercased() == "http" else { return false }
    let bracketed = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    return plainHosts.contains(bracketed) || isLoopbackIPv4(host)
  }

  private static func isLoopbackIPv4(_ host: String) -> Bool {
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
  }

  private static func isHeaderValue(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
  }

  /// Asks the endpoint, which has to answer within `seconds`, and within its own time-out.
  func fetch(_ transport: HTTPTransport, within seconds: Double) throws(Failure) -> AWSCredentials {
    var headers = [("Accept", "application/json")]
    if let token = try token() { headers.append(("Authorization", token)) }
    let response: HTTPResponse
    do {
      response = try transport.response(
        to: HTTPRequest("GET", url, headers: headers), timeoutSeconds: max(0, min(seconds, Self.timeoutSeconds)))
    } catch {
      throw Failure(reason: "the container's credentials endpoint does not answer: \(error)", isTransient: true)
    }
    guard response.status == 200 else {
      throw Failure(
        reason: "the container's credentials endpoint answers with \(response.status)",
        isTransient: response.status >= 500 || response.status == 429)
    }
    return try Self.credentials(in: response.body)
  }

  private func token() throws(Failure) -> String? {
    switch authorization {
    case .none: return nil
    case .token(let token): return token
    case .file(let path):
      let bytes: [UInt8]
      do { bytes = try InputFile(path).contents(limit: Self.tokenBytes) } catch {
        throw Failure(reason: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read: \(error)", isTransient: false)
      }
      let line = String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
      guard Self.isHeaderValue(line) else {
        throw Failure(
          reason: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE holds no token in its first line", isTransient: false)
      }
      return line
    }
  }

  /// The keys of the endpoint's answer.
  private struct Answer: Decodable {
    let accessKeyID: String
    let secretAccessKey: String
    let token: String?
    let expiration: String?

    enum CodingKeys: String, CodingKey {
      case accessKeyID = "AccessKeyId"
      case secretAccessKey = "SecretAccessKey"
      case token = "Token"
      case expiration = "Expiration"
    }
  }

  /// The credentials in the JSON text of an answer, which stands in no message.
  package static func credentials(in body: [UInt8]) throws(Failure) -> AWSCredentials {
    let malformed = Failure(
      reason: "the container's credentials endpoint answers with no credentials", isTransient: false)
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(body)) else { throw malformed }
    var expiration: Date?
    if let text = answer.expiration {
      expiration = try? Date(text, strategy: .iso8601)
      if expiration == nil {
        expiration = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
      }
      guard expiration != nil else { throw malformed }
    }
    let credentials = AWSCredentials(
      accessKeyID: answer.accessKeyID, secretAccessKey: answer.secretAccessKey, sessionToken: answer.token,
      expiration: expiration)
    guard let credentials else { throw malformed }
    return credentials
  }
}
