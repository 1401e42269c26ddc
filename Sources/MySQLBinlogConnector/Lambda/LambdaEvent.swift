import Foundation
import LambdaRuntime

/// What an invocation is asked to do. Events and responses have one shape, so that a response can be the next event.
package struct LambdaEvent: Sendable, Equatable {
  /// `start`: where to begin, whatever checkpoint and configuration say.
  package let start: LambdaPlace?
  /// `next`: the same from a response; goes before `start`.
  package let next: LambdaPlace?
  /// `stop`: where to end, whatever the configuration says.
  package let stop: LambdaStop?
  /// `max_seconds`: how long to read, if the function's time-out allows it.
  package let maxSeconds: Int?
  /// `max_rows`: the invocation ends with the transaction in which there are so many rows.
  package let maxRows: UInt64?
  /// `checkpoint`: in place of `checkpoint_file`.
  package let checkpoint: StorageLocation?

  /// Keys that only responses have: they say what happened, and nothing about what to do.
  private static let responseKeys = ["status", "reason", "more", "rows", "events", "files", "lag_ms", "request_id"]
  /// Keys of EventBridge's events. A schedule's event says nothing but that it is time.
  private static let scheduleKeys = [
    "version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail",
  ]

  /// Reads the JSON text of an event. An empty text, null and `{}` ask for nothing in particular.
  ///
  /// - Throws: `FunctionError` with every problem of the event.
  package init(_ text: [UInt8]) throws(FunctionError) {
    var reader = EventReader(try Self.members(of: text))
    for key in Self.responseKeys { _ = reader.take(key) }
    if reader.has("detail-type"), reader.has("source") {
      for key in Self.scheduleKeys { _ = reader.take(key) }
    }
    start = reader.object("start") { LambdaPlace(&$0) }
    next = reader.object("next") { LambdaPlace(&$0) }
    stop = reader.object("stop") { LambdaStop(&$0) }
    maxSeconds = reader.integer("max_seconds", in: 1...Self.longestTimeout).map { Int($0) }
    maxRows = reader.integer("max_rows", in: 1...Int64.max).map { UInt64($0) }
    checkpoint = Self.checkpoint(&reader)
    reader.refuseRest()
    guard reader.problems.isEmpty else { throw Self.error(reader.problems.joined(separator: "; ")) }
  }

  private static func checkpoint(_ reader: inout EventReader) -> StorageLocation? {
    guard let text = reader.string("checkpoint") else { return nil }
    guard !text.isEmpty else {
      reader.report("checkpoint", "must not be empty; leave it out")
      return nil
    }
    do throws(StorageLocation.Malformed) { return try StorageLocation(text, isFolder: false) } catch {
      reader.report("checkpoint", "\(error.wanted), is \(text.quotedForMessage)")
      return nil
    }
  }

  /// No function may run longer.
  private static let longestTimeout: Int64 = 900

  private static func members(of text: [UInt8]) throws(FunctionError) -> [String: JSONValue] {
    guard !text.isEmpty else { return [:] }
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(text)) else {
      throw error("the event is not JSON")
    }
    switch value {
    case .object(let members):
      try refuseRepeatedKeys(text)
      return members
    case .null: return [:]
    default: throw error("the event must be an object, is \(value.shortDescription)")
    }
  }

  /// Of two equal keys the decoder keeps one.
  private static func refuseRepeatedKeys(_ text: [UInt8]) throws(FunctionError) {
    let key: JSONSyntax.Key?
    do throws(JSONSyntax.Mistake) { key = try JSONSyntax.repeatedKey(of: text) } catch {
      throw Self.error("the event is not JSON: line \(error.line), column \(error.column): expected \(error.expected)")
    }
    if let key { throw error("\(key.name.quotedForMessage) stands twice in the event") }
  }

  private static func error(_ problems: String) -> FunctionError {
    FunctionError(
      type: "Connector.InvalidEvent",
      message: "\(problems). Keys of an event: start, next, stop, max_seconds, max_rows, checkpoint")
  }
}
