import Foundation
import HTTP
import LambdaRuntime
import Testing

@Suite struct LambdaInvocationTests {
  private static let headers = [
    ("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
    ("Lambda-Runtime-Deadline-Ms", "1542409706888"),
    ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-2:123456789012:function:custom-runtime"),
    ("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1"),
  ]

  /// The headers with `name` given `value`, or taken away.
  private static func headers(_ name: String, _ value: String?) -> [(String, String)] {
    headers.filter { $0.0 != name } + (value.map { [(name, $0)] } ?? [])
  }

  @Test func headersOfTheDocumentation() throws {
    let invocation = try LambdaInvocation(HTTPResponse(status: 200, headers: Self.headers, body: Array("{}".utf8)))
    #expect(invocation.requestID == "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
    #expect(invocation.deadlineMilliseconds == 1_542_409_706_888)
    #expect(invocation.functionARN == "arn:aws:lambda:us-east-2:123456789012:function:custom-runtime")
    #expect(invocation.traceID == "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1")
    #expect(invocation.event == Array("{}".utf8))
    #expect(invocation.secondsLeft < 0)
  }

  @Test func headersInAnyCase() throws {
    let lower = Self.headers.map { ($0.0.lowercased(), $0.1) }
    #expect(try LambdaInvocation(HTTPResponse(status: 200, headers: lower)).functionARN != nil)
  }

  @Test(arguments: ["Lambda-Runtime-Invoked-Function-Arn", "Lambda-Runtime-Trace-Id"])
  func whatMayBeMissing(_ name: String) throws {
    let response = HTTPResponse(status: 200, headers: Self.headers(name, nil))
    #expect(try LambdaInvocation(response).requestID.count == 36)
  }

  @Test(arguments: [
    ("Lambda-Runtime-Aws-Request-Id", nil), ("Lambda-Runtime-Aws-Request-Id", ""),
    ("Lambda-Runtime-Aws-Request-Id", "../init/error"), ("Lambda-Runtime-Aws-Request-Id", "a b"),
    ("Lambda-Runtime-Aws-Request-Id", "ä"), ("Lambda-Runtime-Aws-Request-Id", String(repeating: "a", count: 129)),
    ("Lambda-Runtime-Deadline-Ms", nil), ("Lambda-Runtime-Deadline-Ms", "soon"), ("Lambda-Runtime-Deadline-Ms", "-1"),
    ("Lambda-Runtime-Deadline-Ms", "99999999999999999999"),
  ])
  func malformedAnswers(_ name: String, _ value: String?) {
    #expect(throws: RuntimeAPIError.self) {
      try LambdaInvocation(HTTPResponse(status: 200, headers: Self.headers(name, value)))
    }
  }

  @Test func timeIsCountedFromNow() throws {
    let soon = Int64((Date().timeIntervalSince1970 + 60) * 1000)
    let response = HTTPResponse(status: 200, headers: Self.headers("Lambda-Runtime-Deadline-Ms", "\(soon)"))
    let left = try LambdaInvocation(response).secondsLeft
    #expect(left > 55 && left <= 60)
  }
}
