/// What an AWS Lambda function keeps to, beside what every run does.
package struct LambdaSettings: Sendable, Equatable {
  /// `lambda_margin_seconds`: how long before its time-out an invocation begins to finish; nil where the time-out decides.
  package let marginSeconds: Int?

  init(_ reader: inout ConfigurationReader) {
    marginSeconds = reader.integer(.lambdaMarginSeconds).map { Int($0) }
  }
}
