import Crypto
import Foundation

/// One request to the store, before it is signed.
package struct S3Request: Sendable {
  /// Its name in <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html>.
  let operation: String
  let method: String
  let object: S3URI
  var query: [(String, String)]
  /// Besides Host, Content-MD5 and those that begin with "x-amz-" and that every request has.
  var headers: [(String, String)] = []
  var body: [UInt8]?
  /// True if it ends what was begun, and so may use the time that is kept for that, see `S3Deadline`.
  var isEnding = false

  /// A request without headers of its own.
  package init(
    operation: String, method: String, object: S3URI, query: [(String, String)] = [], body: [UInt8]? = nil
  ) {
    self.operation = operation
    self.method = method
    self.object = object
    self.query = query
    self.body = body
  }

  /// The SHA-256 of the body, in hexadecimal digits.
  var payloadHash: String { SHA256.hash(data: body ?? []).hexadecimal }

  /// The value of Content-MD5, by which a store finds a body that was damaged on its way; nil without a body.
  ///
  /// Of all such headers it is the one that every store checks.
  var contentMD5: String? { body.map { Data(Insecure.MD5.hash(data: $0)).base64EncodedString() } }
}

/// Where requests for an object go.
package struct S3Address {
  /// "https://bucket.s3.eu-central-1.amazonaws.com", without a path.
  package let origin: String
  /// The value of the Host header.
  package let host: String
  /// The path, percent-encoded.
  package let path: String

  /// The address of `object`: in a host of the bucket's own at AWS, unless its name has dots, which certificates do not
  /// cover; else with the bucket in the path.
  package init(_ object: S3URI, _ settings: S3Settings) {
    let key = object.key.percentEncoded(keepsSlashes: true)
    if let endpoint = settings.endpoint {
      origin = endpoint
      path = "/\(object.bucket)/\(key)"
    } else {
      let domain = settings.region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
      let isInHost = !object.bucket.contains(".") && !object.bucket.contains("_")
      origin = "https://\(isInHost ? object.bucket + "." : "")s3.\(settings.region).\(domain)"
      path = isInHost ? "/\(key)" : "/\(object.bucket)/\(key)"
    }
    host = Self.host(of: origin)
  }

  /// The host, with the port unless it is the scheme's own.
  private static func host(of origin: String) -> String {
    let parts = origin.split(separator: "/", maxSplits: 2)
    let isSecure = parts[0].lowercased() == "https:"
    let host = String(parts[1])
    let ownPort = isSecure ? ":443" : ":80"
    return host.hasSuffix(ownPort) ? String(host.dropLast(ownPort.count)) : host
  }
}
