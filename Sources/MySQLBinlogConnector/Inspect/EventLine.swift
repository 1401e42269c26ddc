import BinlogParser
import Bytes

/// One event in the list of `inspect --events`.
package struct EventLine: ~Copyable, ~Escapable {
  private let frame: EventFrame
  private let file: String
  private var event: EventDescription
  private let rows: [EventField]
  private let isInPayload: Bool

  /// The line of the event `frame` of `file`.
  ///
  /// - Parameters:
  ///   - rows: what is known of its rows.
  ///   - isInPayload: it is an event of the TRANSACTION_PAYLOAD in whose place it is.
  @_lifetime(copy event)
  init(
    _ event: consuming EventDescription, frame: EventFrame, file: String, rows: [EventField], isInPayload: Bool
  ) {
    self.event = event
    self.frame = frame
    self.file = file
    self.rows = rows
    self.isInPayload = isInPayload
  }

  /// Fields that every event has come from its header.
  private static let common: Set<String> = ["Type", "Timestamp", "Server ID", "Log Pos", "Flags", "Size"]
  private var details: [EventField] { event.fields.filter { !Self.common.contains($0.name) } + rows }

  /// Appends the line, as a JSON object or for people to read, and calls `flush` after each piece of it.
  @_lifetime(self: copy self)
  package mutating func write<E: Error>(
    asJSON isJSON: Bool, to out: inout OutputBuffer, flush: (inout OutputBuffer) throws(E) -> Void
  ) throws(E) {
    let quote = isJSON && !event.hasJSONString ? "\"" : ""
    out.append(isJSON ? json : text)
    if event.longFieldName != nil {
      out.append(quote)
      while event.appendPiece(to: &out) { try flush(&out) }
      out.append(quote)
    }
    out.append(isJSON ? "}}\n" : "\n")
    try flush(&out)
  }

  /// Offset, type, time, server id, size and the decoded fields in columns, up to the value of the long one; the type of an
  /// event within a payload is indented.
  private var text: String {
    let header = frame.header
    let columns = [
      "\(frame.start)".leftPadded(to: 10), "\(isInPayload ? "  " : "")\(header.type)".padded(to: 24),
      UTCTime.text(header.timestamp),
      "\(header.serverID)".leftPadded(to: 10), "\(header.eventSize)".leftPadded(to: 9),
    ]
    var tail = details.map { "\($0.name): \($0.value)" }
    if let name = event.longFieldName { tail.append("\(name): ") }
    return columns.joined(separator: "  ") + (tail.isEmpty ? "" : "  \(tail.joined(separator: ", "))")
  }

  /// The same as a JSON object whose last member is an object, up to the long field's value or the closing braces.
  private var json: String {
    let header = frame.header
    var object = JSONObject()
    object.add("file", file)
    object.add("offset", frame.start)
    object.add("end", frame.end)
    object.add("type", "\(header.type)")
    object.add("type_code", UInt64(header.type.rawValue))
    object.add("in_payload", isInPayload)
    object.add("timestamp", UInt64(header.timestamp))
    object.add("server_id", UInt64(header.serverID))
    object.add("size", UInt64(header.eventSize))
    object.add("log_pos", UInt64(header.logPosition))
    object.add("flags", UInt64(header.flags))
    var fields = JSONObject()
    for field in details { fields.add(Self.key(field.name), field.value) }
    return object.text(upTo: "fields")
      + (event.longFieldName.map { fields.text(upTo: Self.key($0)) } ?? String(fields.text.dropLast()))
  }

  private static func key(_ name: String) -> String { name.lowercased().replacing(" ", with: "_") }
}
