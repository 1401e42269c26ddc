import BinlogParser

/// One event in the list of `inspect --events`.
package struct EventLine {
  let frame: EventFrame
  let file: String
  let fields: [EventField]
  /// Whether it is an event of the TRANSACTION_PAYLOAD in whose place it is.
  let isInPayload: Bool

  init(frame: EventFrame, file: String, fields: [EventField], isInPayload: Bool) {
    self.frame = frame
    self.file = file
    self.fields = fields
    self.isInPayload = isInPayload
  }

  /// Fields that every event has come from its header.
  private static let common: Set<String> = ["Type", "Timestamp", "Server ID", "Log Pos", "Flags", "Size"]
  private var details: [EventField] { fields.filter { !Self.common.contains($0.name) } }

  /// Offset, type, time, server id, size and the decoded fields in columns; the type of an event within a payload is
  /// indented.
  package var text: String {
    let header = frame.header
    let columns = [
      "\(frame.start)".leftPadded(to: 10), "\(isInPayload ? "  " : "")\(header.type)".padded(to: 24),
      UTCTime.text(header.timestamp),
      "\(header.serverID)".leftPadded(to: 10), "\(header.eventSize)".leftPadded(to: 9),
    ]
    let tail = details.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
    return columns.joined(separator: "  ") + (tail.isEmpty ? "\n" : "  \(tail)\n")
  }

  /// The same as a JSON object.
  package var json: String {
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
    var values = JSONObject()
    for field in details {
      let name = field.name.lowercased().replacing(" ", with: "_")
      if field.isJSONString { values.add(name, raw: field.value) } else { values.add(name, field.value) }
    }
    object.add("fields", raw: values.text)
    return object.text + "\n"
  }
}
