/// What an AWS Lambda function keeps to, beside what every run does.
package struct LambdaSettings: Sendable, Equatable {
  /// `lambda_margin_seconds`: how long before its time-out an invocation begins to finish; nil where the time-out decides.
  package let marginSeconds: Int?

  init(_ reader: inout ConfigurationReader) {
    marginSeconds = reader.integer(.lambdaMarginSeconds, in: 1...Self.longestTimeout).map { Int($0) }
  }

  /// No function may run longer.
  private static let longestTimeout: Int64 = 900
}
