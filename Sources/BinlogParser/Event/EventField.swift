import Bytes

/// One line of an event's description: what text mode shows of events that are not rows.
public struct EventField: Sendable, Equatable {
  /// The field's name.
  public let name: String
  /// Its value, on one line.
  public let value: String

  /// A field; what steers a terminal in `value`, which a name may hold, is escaped.
  init(name: String, value: String) {
    self.name = name
    self.value = Self.onOneLine(value)
  }

  /// A field whose value is the beginning of `text`: no name is longer than what is shown.
  init(name: String, text: RawSpan) {
    let isWhole = text.byteCount <= Self.longestName
    let shown = text.extracting(first: min(text.byteCount, Self.longestName)).utf8String
    self.init(name: name, value: isWhole ? shown : "\(shown)… (\(text.byteCount) bytes)")
  }

  /// Bytes of a name that are shown: more than any file name or default schema has.
  private static let longestName = 1024

  /// The header's fields.
  static func common(to frame: EventFrame) -> [EventField] {
    let header = frame.header
    return [
      EventField(name: "Type", value: header.type.description),
      EventField(name: "Timestamp", value: "\(header.timestamp) (Unix timestamp)"),
      EventField(name: "Server ID", value: "\(header.serverID)"),
      EventField(name: "Log Pos", value: "\(frame.end)"),
      EventField(name: "Flags", value: "0x" + hex(header.flags)),
      EventField(name: "Size", value: "\(header.eventSize)"),
    ]
  }

  /// `text` with what steers a terminal escaped as in JSON, so that it can neither break out of its line nor hide what it
  /// says.
  public static func onOneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: \.steersTerminal) else { return text }
    var line = ""
    for scalar in text.unicodeScalars {
      if scalar.steersTerminal { line += "\\u" + hex(UInt16(scalar.value)) } else { line.unicodeScalars.append(scalar) }
    }
    return line
  }

  /// All hexadecimal digits of a number, lower-case.
  public static func hex<T: FixedWidthInteger & UnsignedInteger>(_ value: T) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: T.bitWidth / 4 - digits.count) + digits
  }

  /// The short fields of the body.
  ///
  /// - Throws: `DecodeError` for a body that cannot be read.
  static func details(
    of header: EventHeader, _ body: RawSpan, _ file: FormatDescriptionEvent?
  ) throws(DecodeError) -> [EventField] {
    let type = header.type
    switch type {
    case .rotate:
      return [EventField(name: "Next", value: try RotateEvent(body).next.description)]
    case .formatDescription:
      let format = try FormatDescriptionEvent(body)
      return [
        EventField(name: "Server", value: format.serverVersion),
        EventField(name: "Checksum", value: "\(format.checksum)"),
      ]
    case .query, .queryCompressed:
      return [EventField(name: "Schema", text: try QueryEvent(body).schema)]
    case .executeLoadQuery:
      return [EventField(name: "Schema", text: try QueryEvent(executeLoadQuery: body).schema)]
    case .transactionPayload:
      let event = try TransactionPayloadEvent(body)
      return [
        EventField(name: "Payload", value: "\(event.payload.byteCount) bytes, compression \(event.compression)"),
        EventField(name: "Unpacked", value: "\(event.uncompressedSize) bytes"),
      ]
    case .xid:
      return [EventField(name: "XID", value: "\(try XIDEvent(body).xid)")]
    case .gtid, .anonymousGTID:
      return [EventField(name: "GTID", value: type == .gtid ? try GTIDEvent(body).description : "ANONYMOUS")]
    case .tableMap:
      let map = try TableMapEvent(body, postHeaderLength: file?.postHeaderLength(of: type) ?? 0)
      return [
        EventField(name: "Table", value: "\(map.schema.utf8String).\(map.table.utf8String)"),
        EventField(name: "Table ID", value: "\(map.tableID)"), EventField(name: "Columns", value: "\(map.columnCount)"),
      ]
    case .heartbeat:
      return [EventField(name: "File", text: body)]
    case .heartbeatV2, .taggedGTID, .xaPrepare:
      return try details(ofMySQL: type, body)
    default:
      return try details(ofMariaDB: header, body)
    }
  }
}
