import Bytes

/// One line of an event's description: what text mode shows of events that are not rows.
public struct EventField: Sendable, Equatable {
  /// The field's name.
  public let name: String
  /// Its value, on one line.
  public let value: String
  /// Whether `value` is a JSON string with its quotes, as a statement is.
  public let isJSONString: Bool

  /// A field; what steers a terminal in `value`, which a name may hold, is escaped.
  init(name: String, value: String) {
    self.name = name
    self.value = Self.onOneLine(value)
    isJSONString = false
  }

  /// The statement `text`: a JSON string, so that it stays on one line.
  private init(statement text: RawSpan) {
    name = "Query"
    var buffer = OutputBuffer(capacity: text.byteCount + 16)
    buffer.append(jsonString: text)
    value = Self.onOneLine(buffer.bytes.utf8String)
    isJSONString = true
  }

  /// The header's fields, and what the body of an event of a known type says.
  ///
  /// - Parameters:
  ///   - format: the file's format, as far as it is known yet.
  ///   - maxEventBytes: how many bytes a compressed statement may come to.
  /// - Throws: `DecodeError` for a body that cannot be read.
  public static func fields(
    of frame: EventFrame, _ body: RawSpan, format: FormatDescriptionEvent?, maxEventBytes: Int = Limits.event
  ) throws(DecodeError) -> [EventField] {
    let header = frame.header
    let common = [
      EventField(name: "Type", value: header.type.description),
      EventField(name: "Timestamp", value: "\(header.timestamp) (Unix timestamp)"),
      EventField(name: "Server ID", value: "\(header.serverID)"),
      EventField(name: "Log Pos", value: "\(frame.end)"),
      EventField(name: "Flags", value: "0x" + hex(header.flags)),
      EventField(name: "Size", value: "\(header.eventSize)"),
    ]
    return common + (try details(of: header, body, format, maxEventBytes))
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

  private static func details(
    of header: EventHeader, _ body: RawSpan, _ file: FormatDescriptionEvent?, _ maxEventBytes: Int
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
    case .query:
      let query = try QueryEvent(body)
      return [
        EventField(name: "Schema", value: query.schema.utf8String),
        EventField(statement: query.statement),
      ]
    case .queryCompressed:
      let query = try QueryEvent(body)
      let statement = try query.inflatedStatement(in: body, limit: maxEventBytes)
      return [
        EventField(name: "Schema", value: query.schema.utf8String),
        EventField(statement: statement.bytes),
      ]
    case .transactionPayload:
      let event = try TransactionPayloadEvent(body)
      return [
        EventField(name: "Payload", value: "\(event.payload.byteCount) bytes, compression \(event.compression)"),
        EventField(name: "Unpacked", value: "\(event.uncompressedSize) bytes"),
      ]
    case .executeLoadQuery:
      let query = try QueryEvent(executeLoadQuery: body)
      return [
        EventField(name: "Schema", value: query.schema.utf8String),
        EventField(statement: query.statement),
      ]
    case .rowsQuery:
      var cursor = ByteCursor(body)
      try cursor.skip(1, "length")  // Of the statement in bytes, or 255: of no use.
      return [EventField(statement: cursor.rest())]
    case .annotateRows:
      return [EventField(statement: body)]
    case .xid:
      return [EventField(name: "XID", value: "\(try XIDEvent(body).xid)")]
    case .gtid, .anonymousGTID:
      return [EventField(name: "GTID", value: type == .gtid ? try GTIDEvent(body).description : "ANONYMOUS")]
    case .previousGTIDs:
      return [EventField(name: "GTIDs", value: try PreviousGTIDsEvent(body).description)]
    case .tableMap:
      let map = try TableMapEvent(body, postHeaderLength: file?.postHeaderLength(of: type) ?? 0)
      return [
        EventField(name: "Table", value: "\(map.schema.utf8String).\(map.table.utf8String)"),
        EventField(name: "Table ID", value: "\(map.tableID)"), EventField(name: "Columns", value: "\(map.columnCount)"),
      ]
    case .heartbeat:
      return [EventField(name: "File", value: body.utf8String)]
    case .heartbeatV2, .taggedGTID, .xaPrepare:
      return try details(ofMySQL: type, body)
    default:
      return try details(ofMariaDB: header, body)
    }
  }
}
