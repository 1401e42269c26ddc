import Foundation

/// The figures of an invocation as a log line from which CloudWatch makes metrics.
///
/// See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
struct EmbeddedMetrics {
  /// The function: the metrics' dimension.
  let functionName: String
  /// The invocation's id.
  let requestID: String
  /// Rows in the files that became complete.
  let rows: Int
  /// Bytes of these files.
  let bytes: Int
  /// Their number.
  let files: Int
  /// How far behind the server the function is; nil where that is not known.
  let lagMilliseconds: Int64?

  /// The line, without a line break at its end.
  func line(at time: Date) -> String {
    var values: [(name: String, unit: String, value: Int64)] = [
      ("Rows", "Count", Int64(rows)), ("Bytes", "Bytes", Int64(bytes)), ("Files", "Count", Int64(files)),
    ]
    if let lagMilliseconds { values.append(("LagMs", "Milliseconds", lagMilliseconds)) }
    var line = JSONObject()
    line.add("_aws", raw: directive(values.map { ($0.name, $0.unit) }, time).text)
    line.add("FunctionName", functionName)
    line.add("requestId", requestID)
    for (name, _, value) in values { line.add(name, raw: "\(value)") }
    return line.text
  }

  private func directive(_ metrics: [(name: String, unit: String)], _ time: Date) -> JSONObject {
    var set = JSONObject()
    set.add("Namespace", Version.program)
    set.add("Dimensions", raw: "[[\"FunctionName\"]]")
    set.add(
      "Metrics",
      metrics.map { name, unit in
        var metric = JSONObject()
        metric.add("Name", name)
        metric.add("Unit", unit)
        return metric
      })
    var directive = JSONObject()
    directive.add("Timestamp", raw: "\(Int64(time.timeIntervalSince1970 * 1000))")
    directive.add("CloudWatchMetrics", [set])
    return directive
  }
}
