import LambdaRuntime

extension FunctionError {
  /// The error of an invocation, or of a start, that failed with `error`.
  init(_ error: RunError) {
    self.init(type: "Connector.\(Self.reason(of: error.exitCode))", message: error.lines.joined(separator: "\n"))
  }

  private static func reason(of code: ExitCode) -> String {
    switch code {
    case .configuration, .usage: "ConfigurationInvalid"
    case .dataError: "DataInvalid"
    case .unavailable: "ServerUnavailable"
    case .outputError: "OutputFailed"
    case .noPermission: "AccessDenied"
    case .success: "Interrupted"
    }
  }

  /// The error of an invocation that came to its end where it began.
  ///
  /// - Parameter place: where that was, where it is known.
  static func noProgress(at place: String?, _ event: LambdaEvent, _ time: InvocationTime) -> FunctionError {
    let seconds = Double(Int(time.reading * 10)) / 10
    let limit = event.maxSeconds.map { "; max_seconds is \($0)" } ?? ""
    return FunctionError(
      type: "Connector.NoProgress",
      message: "no transaction became complete\(place.map { " behind \($0)" } ?? "") in the time there was "
        + "(\(seconds) s for reading\(limit)). Give the function a longer timeout, or more memory, which brings more CPU; "
        + "after a short transaction before a very long one, max_rows ends an invocation between them")
  }
}
