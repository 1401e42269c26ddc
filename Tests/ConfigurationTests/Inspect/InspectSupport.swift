import BinlogParser
import Bytes
import MySQLBinlogConnector
import TestSupport

/// Events as `inspect` reads them from a file.
struct InspectedEvents {
  /// What they hold.
  private(set) var summary = BinlogSummary()
  /// A line for each of them.
  private(set) var lines: [(text: String, json: String)] = []
  private let byteCount: Int

  /// Reads `events`, which follow each other in a file.
  init(_ events: [[UInt8]]) throws {
    byteCount = 4 + events.reduce(0) { $0 + $1.count }
    var lister = EventLister()
    var stream = EventFramer(ofFileAt: BinlogPosition(file: "log.000001", offset: 4))
    for event in events {
      let bytes = event.span.bytes
      let frame = try stream.accept(bytes, at: 0)
      let body = frame.body(in: bytes)
      try summary.add(frame, body, file: "log.000001")
      lines.append(try Self.line(&lister, frame, body, stream.format))
      guard frame.header.type == .transactionPayload else { continue }
      var inner = try PayloadEvents(body, in: frame)
      while let next = try inner.next() {
        let body = next.body(in: inner.bytes)
        lines.append(try Self.line(&lister, next, body, stream.format, isInPayload: true))
      }
    }
    summary.finish()
  }

  private static func line(
    _ lister: inout EventLister, _ frame: EventFrame, _ body: RawSpan, _ format: FormatDescriptionEvent?,
    isInPayload: Bool = false
  ) throws -> (text: String, json: String) {
    let both = try [false, true].map { isJSON in
      var line = try lister.line(frame, body, file: "log.000001", format: format, isInPayload: isInPayload)
      var out = OutputBuffer()
      line.write(asJSON: isJSON, to: &out) { _ in }
      return out.bytes.utf8String
    }
    return (both[0], both[1])
  }

  /// The report of a file with these events.
  func report(
    path: String = "x/log.000001", isUnclosed: Bool = false, cut: String? = nil, error: String? = nil,
    tellsChecksums: Bool = false
  ) -> InspectReport {
    let file = InspectedFile(
      path: path, byteCount: UInt64(byteCount), isUnclosed: isUnclosed, cut: cut, error: error)
    return InspectReport(file: file, summary: summary, tellsChecksums: tellsChecksums)
  }

  /// One transaction: two rows of shop.orders.
  static let orders: [[UInt8]] = [
    BinlogEvents.event(15, BinlogEvents.formatDescription()),
    query("BEGIN"),
    tableMap("shop", "orders"),
    BinlogEvents.event(30, [7, 0, 0, 0, 0, 0, 1, 0, 2, 0, 1, 1, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0]),
    BinlogEvents.event(16, [9, 0, 0, 0, 0, 0, 0, 0]),
  ]

  /// A QUERY with this default schema.
  static func query(_ statement: String, schema: String = "shop") -> [UInt8] {
    let head: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, UInt8(schema.utf8.count), 0, 0, 0, 0]
    return BinlogEvents.event(2, head + Array("\(schema)\0\(statement)".utf8))
  }

  /// A TABLE_MAP of a table with one INT.
  static func tableMap(_ schema: String, _ table: String) -> [UInt8] {
    let head: [UInt8] = [7, 0, 0, 0, 0, 0, 1, 0]
    return BinlogEvents.event(19, head + name(schema) + name(table) + [1, 3, 0, 0])
  }

  private static func name(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) + [0] }

  /// A TRANSACTION_PAYLOAD of `events` that is not compressed: the type of compression, 255 for none, and the end mark.
  static func payload(_ events: some Sequence<[UInt8]>) -> [UInt8] {
    BinlogEvents.event(40, [2, 3, 0xFC, 0xFF, 0, 0] + events.joined())
  }
}
