import Foundation
import Pipeline

/// What an invocation answers. It can be the next event: what the event asked for beside its start is in it again.
package struct LambdaResponse: Encodable {
  /// A file that became complete.
  struct File: Encodable {
    /// Its path, or `s3://bucket/key`.
    let uri: String
    /// Its rows.
    let rows: Int
    /// Its bytes.
    let bytes: Int
  }

  /// "ok".
  let status = "ok"
  /// "caught_up", "stop_position", "deadline" or "limit".
  let reason: String
  /// True if there is more to read, as far as is known.
  let more: Bool
  /// Where the invocation began.
  let start: LambdaPlace
  /// Where the next one is to begin.
  let next: LambdaPlace
  /// Rows in the files.
  let rows: Int
  /// Events that were looked at.
  let events: UInt64
  /// The files that became complete.
  let files: [File]
  /// How far behind the server `next` is, in milliseconds; null where that is not known.
  let lagMilliseconds: Int64?
  /// The invocation's id.
  let requestID: String
  /// What the event asked for.
  let event: LambdaEvent

  enum CodingKeys: String, CodingKey {
    case status, reason, more, start, next, rows, events, files
    case lagMilliseconds = "lag_ms"
    case requestID = "request_id"
    case stop
    case maxSeconds = "max_seconds"
    case maxRows = "max_rows"
    case checkpoint
  }

  /// The response of the invocation `requestID`, which `event` asked for and which came to `outcome`.
  init(_ outcome: RunOutcome, to event: LambdaEvent, requestID: String) {
    reason = outcome.reason.rawValue
    more = outcome.hasMore
    start = LambdaPlace(outcome.start, outcome.server)
    next = LambdaPlace(outcome.next, outcome.server)
    rows = outcome.files.reduce(0) { $0 + $1.rows }
    events = outcome.events
    files = outcome.files.map { File(uri: $0.path, rows: $0.rows, bytes: $0.bytes) }
    lagMilliseconds = Self.lag(of: outcome)
    self.requestID = requestID
    self.event = event
  }

  /// Bytes of the files.
  var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

  /// The time since the last event, unless there are no more.
  private static func lag(of outcome: RunOutcome) -> Int64? {
    if outcome.reason == .caughtUp { return 0 }
    guard outcome.next.timestamp > 0 else { return nil }
    return max(0, Int64(Date().timeIntervalSince1970 * 1000) - Int64(outcome.next.timestamp) * 1000)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(status, forKey: .status)
    try container.encode(reason, forKey: .reason)
    try container.encode(more, forKey: .more)
    try container.encode(start, forKey: .start)
    try container.encode(next, forKey: .next)
    try container.encode(rows, forKey: .rows)
    try container.encode(events, forKey: .events)
    try container.encode(files, forKey: .files)
    try container.encode(lagMilliseconds, forKey: .lagMilliseconds)
    try container.encode(requestID, forKey: .requestID)
    try container.encodeIfPresent(event.stop, forKey: .stop)
    try container.encodeIfPresent(event.maxSeconds, forKey: .maxSeconds)
    try container.encodeIfPresent(event.maxRows, forKey: .maxRows)
    try container.encodeIfPresent(event.checkpoint?.description, forKey: .checkpoint)
  }

  /// The JSON text.
  var body: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings, numbers and flags can always be encoded.
    guard let data = try? encoder.encode(self) else { preconditionFailure("a response cannot be encoded") }
    return Array(data)
  }
}
