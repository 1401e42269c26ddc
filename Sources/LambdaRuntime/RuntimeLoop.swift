import Platform

/// Handles one invocation after the other, for as long as Lambda keeps the process.
public struct RuntimeLoop {
  /// What is worth a line of a log.
  public enum Notice: Sendable, Equatable {
    /// Lambda did not take the answer to this invocation; the status.
    case answerRefused(requestID: String, status: Int)
  }

  /// The environment variable through which AWS X-Ray's libraries find the trace.
  public static let traceVariable = "_X_AMZN_TRACE_ID"

  private let api: RuntimeAPI
  private let notice: (Notice) -> Void

  /// A loop over the invocations that `api` gives; `notice` is told what goes wrong besides.
  public init(_ api: RuntimeAPI, notice: @escaping (Notice) -> Void) {
    self.api = api
    self.notice = notice
  }

  /// Gives each invocation to `handler`, and Lambda what it returns or throws. An error of the handler does not end the loop.
  ///
  /// - Throws: `RuntimeAPIError` when Lambda cannot be asked or answered any more.
  public func run(
    _ handler: (LambdaInvocation) throws(FunctionError) -> [UInt8]
  ) throws(RuntimeAPIError) -> Never {
    while true {
      let invocation = try api.next()
      Environment.set(Self.traceVariable, to: invocation.traceID)
      let answered: RuntimeAPI.Answered
      switch Self.result(of: invocation, handler) {
      case .success(let body): answered = try api.succeed(invocation.requestID, body)
      case .failure(let error): answered = try api.fail(invocation.requestID, error)
      }
      if case .refused(let status) = answered {
        notice(.answerRefused(requestID: invocation.requestID, status: status))
      }
    }
  }

  private static func result(
    of invocation: LambdaInvocation, _ handler: (LambdaInvocation) throws(FunctionError) -> [UInt8]
  ) -> Result<[UInt8], FunctionError> {
    do throws(FunctionError) { return .success(try handler(invocation)) } catch { return .failure(error) }
  }
}
