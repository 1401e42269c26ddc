import Foundation
import HTTP
import ObjectStore
import Testing

/// What is tried again, and what is said in the end.
@Suite struct S3ErrorTests {
  private static func error(_ status: Int, _ code: String?, headers: [(String, String)] = []) throws -> S3Error {
    let request = S3Request(operation: "PutObject", method: "PUT", object: try S3URI("s3://bucket/key"))
    let body = code.map { "<Error><Code>\($0)</Code><Message>Words.</Message><RequestId>ID</RequestId></Error>" }
    return S3Error(request, HTTPResponse(status: status, headers: headers, body: Array((body ?? "").utf8)))
  }

  @Test(
    arguments: [
      (500, nil), (502, nil), (503, "SlowDown"), (504, nil), (429, nil), (408, nil), (400, "RequestTimeout"),
      (400, "BadDigest"),
      (200, "InternalError"), (200, "Whatever"), (200, nil), (409, "ConditionalRequestConflict"),
    ] as [(Int, String?)])
  func triedAgain(_ status: Int, _ code: String?) throws { #expect(try Self.error(status, code).remedy == .wait) }

  @Test(
    arguments: [
      (403, "AccessDenied"), (403, nil), (404, "NoSuchBucket"), (404, nil), (400, "InvalidArgument"),
      (412, "PreconditionFailed"),
      (301, "PermanentRedirect"), (501, "NotImplemented"), (200, "AccessDenied"), (200, "PreconditionFailed"),
      (409, nil),
    ] as [(Int, String?)])
  func notTriedAgain(_ status: Int, _ code: String?) throws { #expect(try Self.error(status, code).remedy == .none) }

  @Test func otherRemedies() throws {
    #expect(try Self.error(400, "ExpiredToken").remedy == .newCredentials)
    #expect(try Self.error(403, "RequestTimeTooSkewed").remedy == .otherClock)
  }

  @Test func words() throws {
    let denied = try Self.error(403, "AccessDenied")
    #expect(denied.description == "PutObject s3://bucket/key: 403 AccessDenied: Words., request id ID")
    #expect(denied.advice == "check that the credentials allow s3:PutObject on this bucket and prefix")
    let elsewhere = try Self.error(
      301, nil, headers: [("x-amz-bucket-region", "eu-west-1"), ("x-amz-request-id", "R")])
    #expect(elsewhere.description == "PutObject s3://bucket/key: 301, request id R")
    #expect(elsewhere.advice == "set AWS_REGION to the bucket's region, eu-west-1")
  }

  @Test func aListNeedsThePermissionForTheBucket() throws {
    let request = S3Request(operation: "ListObjectsV2", method: "GET", object: try S3URI("s3://bucket"))
    let error = S3Error(request, HTTPResponse(status: 403, headers: [], body: []))
    #expect(error.advice == "check that the credentials allow s3:ListBucket on this bucket and prefix")
  }

  @Test func longMessagesAreCut() throws {
    let error = try Self.error(403, String(repeating: "x", count: 1 << 20))
    #expect(error.description.count < 1000)
  }

  @Test func waitsGrowAndAreRandom() {
    let policy = RetryPolicy(attempts: 10)
    for attempt in 1..<100 {
      let longest = min(0.2 * pow(2, Double(attempt)), 20)
      let waits = (0..<50).map { _ in policy.wait(after: attempt) }
      #expect(waits.allSatisfy { (0...longest).contains($0) })
      #expect(Set(waits).count > 10)
    }
  }

  @Test(arguments: [
    ("Wed, 25 Nov 2026 02:57:00 GMT", "2026-11-25T02:57:00Z"),
    ("Sun, 01 Mar 2020 23:59:59 GMT", "2020-03-01T23:59:59Z"),
  ])
  func dates(_ header: String, _ time: String) throws {
    #expect(HTTPDate.date(header) == (try Date(time, strategy: .iso8601)))
  }

  @Test(arguments: [
    "", "Wed", "Wed, 25 Nov 2026 02:57:00", "Wed, 25 Foo 2026 02:57:00 GMT", "Wed, xx Nov 2026 02:57:00 GMT",
  ])
  func noDates(_ header: String) { #expect(HTTPDate.date(header) == nil) }
}
