import Foundation
import ObjectStore
import Testing

@Suite struct S3URITests {
  @Test(arguments: [
    ("s3://bucket", "bucket", ""), ("s3://bucket/", "bucket", ""), ("s3://bucket/a/b c/é", "bucket", "a/b c/é"),
    ("s3://my.bucket-1/a/", "my.bucket-1", "a"),
  ])
  func addresses(_ text: String, _ bucket: String, _ key: String) throws {
    let uri = try S3URI(text)
    #expect(uri.bucket == bucket && uri.key == key)
    #expect(try S3URI(uri.description) == uri)
    #expect(try uri.appending("x/y").key == (key.isEmpty ? "x/y" : key + "/x/y"))
  }

  @Test(arguments: [
    "", "s3:", "s3://", "s3:///key", "S3://bucket/key", "http://bucket/key", "s3://bu/key", "s3://b_/key",
    "s3://a..b/key",
    "s3://bucket name/key", "s3://user@bucket/key", "s3://bucket//key", "s3://bucket/a//b", "s3://bucket/./a",
    "s3://bucket/a/..", "s3://bucket/a\n", "s3://bucket/a\u{7F}", "s3://bückets/a",
    "s3://bucket/" + String(repeating: "k", count: 1025), "s3://" + String(repeating: "b", count: 64),
  ])
  func malformed(_ text: String) { #expect(throws: S3URI.Malformed.self) { try S3URI(text) } }

  @Test func aNameMustBeOne() throws {
    let uri = try S3URI("s3://bucket/" + String(repeating: "k", count: 1000))
    for name in ["", "/a", "a/../b", String(repeating: "n", count: 24)] {
      #expect(throws: S3URI.Malformed.self) { try uri.appending(name) }
    }
  }

  static let keys = ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S"]

  @Test(
    arguments: [
      (nil, "eu-central-1", "s3://bucket/a=1/b", "https://bucket.s3.eu-central-1.amazonaws.com", "/a%3D1/b"),
      (nil, "eu-central-1", "s3://my.bucket/a", "https://s3.eu-central-1.amazonaws.com", "/my.bucket/a"),
      (nil, "cn-north-1", "s3://bucket/a", "https://bucket.s3.cn-north-1.amazonaws.com.cn", "/a"),
      ("http://127.0.0.1:9000/", nil, "s3://bucket/a", "http://127.0.0.1:9000", "/bucket/a"),
      ("https://store.example:443", nil, "s3://bucket/a", "https://store.example:443", "/bucket/a"),
    ] as [(String?, String?, String, String, String)])
  func whereRequestsGo(_ endpoint: String?, _ region: String?, _ uri: String, _ origin: String, _ path: String) throws {
    var environment = Self.keys
    environment["AWS_ENDPOINT_URL"] = endpoint
    environment["AWS_DEFAULT_REGION"] = region
    let settings = try S3Settings(environment: environment)
    let address = S3Address(try S3URI(uri), settings)
    #expect(address.origin == origin && address.path == path)
    #expect(address.host == String(origin.split(separator: "/")[1]).replacing(":443", with: ""))
    #expect(settings.region == region ?? "us-east-1")
  }

  @Test func moreSpecialVariablesGoFirst() throws {
    let more = [
      "AWS_ENDPOINT_URL_S3": "http://a", "AWS_ENDPOINT_URL": "http://b", "AWS_REGION": "r-1",
      "AWS_DEFAULT_REGION": "r-2",
      "AWS_MAX_ATTEMPTS": "3", "AWS_CA_BUNDLE": "/ca.pem",
    ]
    let settings = try S3Settings(environment: Self.keys.merging(more) { $1 })
    #expect(settings.endpoint == "http://a" && settings.region == "r-1" && settings.maxAttempts == 3)
    #expect(settings.authorityFile == "/ca.pem")
    #expect(settings.summary == "region=r-1 endpoint=http://a credentials=environment")
  }

  @Test(arguments: [
    ["AWS_ENDPOINT_URL": "ftp://a"], ["AWS_ENDPOINT_URL": "http://user:password@a"],
    ["AWS_ENDPOINT_URL": "http://a/path"],
    ["AWS_ENDPOINT_URL": "a"], ["AWS_ENDPOINT_URL": "http://"], ["AWS_REGION": "a b"],
    ["AWS_REGION": "a.evil.example/"],
    ["AWS_MAX_ATTEMPTS": "0"], ["AWS_MAX_ATTEMPTS": "many"], ["AWS_ACCESS_KEY_ID": ""], ["AWS_SECRET_ACCESS_KEY": ""],
    ["AWS_SESSION_TOKEN": "a b"], ["AWS_REGION": ""],
  ])
  func wrongEnvironments(_ more: [String: String]) {
    let environment = Self.keys.merging(["AWS_REGION": "r"]) { $1 }.merging(more) { $1 }
    #expect(throws: S3SettingsError.self) { try S3Settings(environment: environment) }
  }
}
