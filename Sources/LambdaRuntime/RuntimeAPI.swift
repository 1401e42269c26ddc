import HTTP

/// The HTTP interface through which Lambda gives a runtime its events, and takes the answers.
///
/// See <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.
public struct RuntimeAPI: Sendable {
  private let transport: HTTPTransport
  private let base: String

  /// The header that holds the type of an error beside its body.
  private static let errorTypeHeader = "Lambda-Runtime-Function-Error-Type"
  /// Lambda's own limit is 6 MB for an event; base64 and escapes make it no longer than this.
  private static let maxEventBytes = 16 << 20
  /// How long an answer may take to be taken: a local process reads it.
  private static let answerSeconds = 10.0

  /// The interface at `address`, "host:port": what `AWS_LAMBDA_RUNTIME_API` holds.
  public init(address: String) {
    transport = HTTPTransport(maxResponseBytes: Self.maxEventBytes)
    base = "http://\(address)/2018-06-01/runtime"
  }

  /// `GET /invocation/next`: waits for the next event, for as long as that takes. Lambda may freeze the process meanwhile.
  ///
  /// - Throws: `RuntimeAPIError`.
  public func next() throws(RuntimeAPIError) -> LambdaInvocation {
    let request = HTTPRequest("GET", "\(base)/invocation/next")
    let response = try send(request, timeoutSeconds: nil)
    guard response.status == 200 else { throw .status(request: Self.name(of: request), response.status) }
    return try LambdaInvocation(response)
  }

  /// What became of an answer.
  public enum Answered: Sendable, Equatable {
    /// It was taken.
    case accepted
    /// It was not, and the next event may come all the same; the status.
    case refused(status: Int)
  }

  /// `POST /invocation/{id}/response`: the invocation `requestID` succeeded with `body`, JSON.
  ///
  /// - Throws: `RuntimeAPIError`.
  public func succeed(_ requestID: String, _ body: [UInt8]) throws(RuntimeAPIError) -> Answered {
    try answer(HTTPRequest("POST", "\(base)/invocation/\(requestID)/response", headers: Self.json, body: body))
  }

  /// `POST /invocation/{id}/error`: the invocation `requestID` failed.
  ///
  /// - Throws: `RuntimeAPIError`.
  public func fail(_ requestID: String, _ error: FunctionError) throws(RuntimeAPIError) -> Answered {
    try answer(Self.report(error, to: "\(base)/invocation/\(requestID)/error"))
  }

  /// `POST /init/error`: the function cannot start. The runtime must exit after it.
  ///
  /// - Throws: `RuntimeAPIError`.
  public func failInit(_ error: FunctionError) throws(RuntimeAPIError) {
    _ = try answer(Self.report(error, to: "\(base)/init/error"))
  }

  private static let json = [("Content-Type", "application/json")]

  private static func report(_ error: FunctionError, to url: String) -> HTTPRequest {
    HTTPRequest("POST", url, headers: json + [(errorTypeHeader, error.errorType)], body: error.body)
  }

  /// 202 is success; 400 (the invocation is over) and 413 (the answer is too large) concern this invocation alone; 403 and
  /// 500 mean that the runtime should exit.
  private func answer(_ request: HTTPRequest) throws(RuntimeAPIError) -> Answered {
    let response = try send(request, timeoutSeconds: Self.answerSeconds)
    switch response.status {
    case 200..<300: return .accepted
    case 400, 413: return .refused(status: response.status)
    default: throw .status(request: Self.name(of: request), response.status)
    }
  }

  private func send(_ request: HTTPRequest, timeoutSeconds: Double?) throws(RuntimeAPIError) -> HTTPResponse {
    do throws(HTTPFailure) {
      return try transport.response(to: request, timeoutSeconds: timeoutSeconds)
    } catch {
      throw .transport(request: Self.name(of: request), error)
    }
  }

  /// "GET http://…", for messages.
  private static func name(of request: HTTPRequest) -> String { "\(request.method) \(request.url)" }
}
