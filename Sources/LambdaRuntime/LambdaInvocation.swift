import Foundation
import HTTP

/// One event that the function is to handle, with what the Runtime API says about it in headers.
///
/// See <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-next>.
public struct LambdaInvocation: Sendable, Equatable {
  /// `Lambda-Runtime-Aws-Request-Id`: names the invocation in the answer, and in logs.
  public let requestID: String
  /// `Lambda-Runtime-Deadline-Ms`: when the invocation is killed, in milliseconds since 1970.
  public let deadlineMilliseconds: Int64
  /// `Lambda-Runtime-Invoked-Function-Arn`: the function, version or alias that was invoked.
  public let functionARN: String?
  /// `Lambda-Runtime-Trace-Id`: the header of AWS X-Ray.
  public let traceID: String?
  /// The event: JSON.
  public let event: [UInt8]

  /// An invocation of these parts.
  public init(
    requestID: String, deadlineMilliseconds: Int64, functionARN: String? = nil, traceID: String? = nil, event: [UInt8]
  ) {
    self.requestID = requestID
    self.deadlineMilliseconds = deadlineMilliseconds
    self.functionARN = functionARN
    self.traceID = traceID
    self.event = event
  }

  /// Reads the answer to `…/invocation/next`.
  ///
  /// - Throws: `RuntimeAPIError.malformed` for one without request id or deadline.
  package init(_ response: HTTPResponse) throws(RuntimeAPIError) {
    guard let id = response.header("Lambda-Runtime-Aws-Request-Id"), Self.isRequestID(id) else {
      throw .malformed("an invocation has no Lambda-Runtime-Aws-Request-Id that could be answered")
    }
    guard let deadline = response.header("Lambda-Runtime-Deadline-Ms").flatMap({ Int64($0) }), deadline >= 0 else {
      throw .malformed("the invocation \(id) has no number in Lambda-Runtime-Deadline-Ms")
    }
    self.init(
      requestID: id, deadlineMilliseconds: deadline,
      functionARN: response.header("Lambda-Runtime-Invoked-Function-Arn"),
      traceID: response.header("Lambda-Runtime-Trace-Id"), event: response.body)
  }

  /// True if the id can stand in a path as it is.
  private static func isRequestID(_ text: String) -> Bool {
    (1...128).contains(text.utf8.count)
      && text.unicodeScalars.allSatisfy { $0 == "-" || ($0.isASCII && ($0.properties.isAlphabetic || "0"..."9" ~= $0)) }
  }

  /// Seconds from now until the invocation is killed; negative when that should have happened.
  public var secondsLeft: Double { Double(deadlineMilliseconds) / 1000 - Date().timeIntervalSince1970 }
}
