import Crypto
import Foundation

/// Signs requests by AWS Signature Version 4.
///
/// See <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>, and for what S3 does
/// differently (the path is encoded once) <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>.
package struct SignatureV4 {
  let credentials: AWSCredentials
  let region: String
  let service: String
  /// The time of signing: "20130524T000000Z".
  package let timestamp: String

  private static let algorithm = "AWS4-HMAC-SHA256"

  /// Signs at `date`.
  package init(_ credentials: AWSCredentials, region: String, service: String = "s3", date: Date) {
    self.credentials = credentials
    self.region = region
    self.service = service
    timestamp = String(date.formatted(.iso8601).filter { !"-:".contains($0) })
  }

  /// The day of `timestamp`: "20130524".
  private var day: Substring { timestamp.prefix(8) }
  /// "20130524/us-east-1/s3/aws4_request".
  private var scope: String { "\(day)/\(region)/\(service)/aws4_request" }

  /// The value of the Authorization header.
  ///
  /// - Parameters:
  ///   - path: the path, percent-encoded; it begins with a slash.
  ///   - query: names and values, not encoded.
  ///   - headers: all that are to be signed, Host among them.
  ///   - payloadHash: the SHA-256 of the body in hexadecimal digits.
  package func authorization(
    method: String, path: String, query: [(String, String)], headers: [(String, String)], payloadHash: String
  ) -> String {
    let canonicalHeaders =
      headers
      .map { (name: $0.0.lowercased(), value: Self.trimmed($0.1)) }
      .sorted { $0.name < $1.name }
    let signedHeaders = canonicalHeaders.map(\.name).joined(separator: ";")
    let request = [
      method, path, Self.canonical(query), canonicalHeaders.map { "\($0.name):\($0.value)\n" }.joined(), signedHeaders,
      payloadHash,
    ].joined(separator: "\n")
    let hash = SHA256.hash(data: Data(request.utf8)).hexadecimal
    let text = [Self.algorithm, timestamp, scope, hash].joined(separator: "\n")
    let signature = Self.hmac(text, key: signingKey).hexadecimal
    return "\(Self.algorithm) Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(signedHeaders), "
      + "Signature=\(signature)"
  }

  /// The query as it stands in the address: encoded, and in the order of its names.
  static func canonical(_ query: [(String, String)]) -> String {
    query.map { ($0.0.percentEncoded(), $0.1.percentEncoded()) }
      .sorted { $0 < $1 }
      .map { "\($0.0)=\($0.1)" }
      .joined(separator: "&")
  }

  /// The value without spaces at its ends, and with one in place of several.
  private static func trimmed(_ value: String) -> String {
    value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
  }

  /// A key for this day, region and service.
  package var signingKey: HashedAuthenticationCode<SHA256> {
    var key = Self.hmac(String(day), key: Array("AWS4\(credentials.secretAccessKey)".utf8))
    for part in [region, service, "aws4_request"] { key = Self.hmac(part, key: key) }
    return key
  }

  private static func hmac(_ text: String, key: some Sequence<UInt8>) -> HashedAuthenticationCode<SHA256> {
    HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: Array(key)))
  }
}
