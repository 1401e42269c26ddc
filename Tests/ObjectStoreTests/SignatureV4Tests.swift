import Foundation
import ObjectStore
import Testing

/// Signatures that AWS has published.
@Suite struct SignatureV4Tests {
  private static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
  private static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

  private static func signer(
    _ id: String, _ secret: String, service: String, region: String = "us-east-1", _ time: String
  ) throws -> SignatureV4 {
    let keys = try #require(AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: nil))
    return SignatureV4(keys, region: region, service: service, date: try Date(time, strategy: .iso8601))
  }

  struct Example: Sendable, CustomTestStringConvertible {
    let method: String
    var path = "/"
    var query: [(String, String)] = []
    var headers: [(String, String)] = []
    var hash = SignatureV4Tests.emptyHash
    let signed: String
    let signature: String
    var testDescription: String { "\(method) \(path)" }
  }

  /// <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html#example-signature-calculations>.
  static let objectExamples = [
    Example(
      method: "GET", path: "/test.txt", headers: [("Range", "bytes=0-9")],
      signed: "host;range;x-amz-content-sha256;x-amz-date",
      signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
    Example(
      method: "PUT", path: "/" + "test$file.text".percentEncoded(keepsSlashes: true),
      headers: [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
      hash: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
      signed: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
      signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
    Example(
      method: "GET", query: [("lifecycle", "")], signed: "host;x-amz-content-sha256;x-amz-date",
      signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
    Example(
      method: "GET", query: [("prefix", "J"), ("max-keys", "2")], signed: "host;x-amz-content-sha256;x-amz-date",
      signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
  ]

  @Test(arguments: objectExamples) func objects(_ example: Example) throws {
    let signer = try Self.signer("AKIAIOSFODNN7EXAMPLE", Self.secret, service: "s3", "2013-05-24T00:00:00Z")
    #expect(signer.timestamp == "20130524T000000Z")
    let headers =
      [
        ("Host", "examplebucket.s3.amazonaws.com"), ("x-amz-content-sha256", example.hash),
        ("x-amz-date", signer.timestamp),
      ] + example.headers
    let value = signer.authorization(
      method: example.method, path: example.path, query: example.query, headers: headers, payloadHash: example.hash)
    #expect(
      value == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        + "SignedHeaders=\(example.signed), Signature=\(example.signature)")
  }

  /// The names of AWS's test suite, whose service is called "service".
  static let suiteExamples = [
    (
      "get-vanilla",
      Example(
        method: "GET", signed: "host;x-amz-date",
        signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
    ),
    (
      "get-vanilla-query-order-key-case",
      Example(
        method: "GET", query: [("Param2", "value2"), ("Param1", "value1")], signed: "host;x-amz-date",
        signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")
    ),
    (
      "post-vanilla",
      Example(
        method: "POST", signed: "host;x-amz-date",
        signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")
    ),
  ]

  @Test(arguments: suiteExamples) func suite(_ name: String, _ example: Example) throws {
    let signer = try Self.signer(
      "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", service: "service", "2015-08-30T12:36:00Z")
    let value = signer.authorization(
      method: example.method, path: example.path, query: example.query,
      headers: [("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z")], payloadHash: example.hash)
    #expect(value.hasSuffix("SignedHeaders=\(example.signed), Signature=\(example.signature)"))
  }

  /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/signing-elements.html>: the key of the older documents' example.
  @Test func signingKey() throws {
    let signer = try Self.signer(
      "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", service: "iam", "2015-08-30T12:36:00Z")
    #expect(signer.signingKey.hexadecimal == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9")
  }

  @Test(arguments: [
    ("az AZ09-._~/", "az%20AZ09-._~%2F", "az%20AZ09-._~/"), ("db=a&b+c", "db%3Da%26b%2Bc", "db%3Da%26b%2Bc"),
    ("é\n", "%C3%A9%0A", "%C3%A9%0A"), ("", "", ""),
  ])
  func percentEncoding(_ text: String, _ encoded: String, _ path: String) {
    #expect(text.percentEncoded() == encoded)
    #expect(text.percentEncoded(keepsSlashes: true) == path)
  }

  @Test func timestampsAreUTC() throws {
    for (time, stamp) in [("2026-01-02T03:04:05Z", "20260102T030405Z"), ("1999-12-31T23:59:59Z", "19991231T235959Z")] {
      #expect(try Self.signer("A", "S", service: "s3", time).timestamp == stamp)
    }
  }
}
