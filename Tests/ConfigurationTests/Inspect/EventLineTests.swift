import BinlogParser
import Foundation
import MySQLBinlogConnector
import TestSupport
import Testing

/// The list of `inspect --events`.
@Suite struct EventLineTests {
  @Test(arguments: [
    (0, "         4  FORMAT_DESCRIPTION      ", "      122  Server: 8.0.40, Checksum: none"),
    (1, "       126  QUERY                   ", "       42  Schema: shop, Query: \"BEGIN\""),
    (3, "       213  WRITE_ROWS              ", "       41  Table: shop.orders, Rows: 2"),
    (4, "       254  XID                     ", "       27  XID: 9"),
  ])
  func text(_ index: Int, _ start: String, _ end: String) throws {
    let line = try InspectedEvents(InspectedEvents.orders).lines[index].text
    #expect(line == "\(start)  2023-11-14 22:13:20           1  \(end)\n")
  }

  @Test("The events of a TRANSACTION_PAYLOAD follow it, in its place and indented")
  func payload() throws {
    let payload = InspectedEvents.payload(InspectedEvents.orders[1...])
    let lines = try InspectedEvents([InspectedEvents.orders[0], payload]).lines
    let types = ["TRANSACTION_PAYLOAD", "  QUERY", "  TABLE_MAP", "  WRITE_ROWS", "  XID"]
    for (line, type) in zip(lines.dropFirst(), types) {
      #expect(line.text.hasPrefix("       126  \(type) "), "\(line.text)")
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.json.utf8)) as? [String: Any])
      #expect(object["offset"] as? Int == 126 && object["end"] as? Int == 126 + payload.count)
      #expect(object["in_payload"] as? Bool == type.hasPrefix(" "))
      #expect(object["type"] as? String == type.trimmingCharacters(in: .whitespaces))
    }
    #expect(lines.count == 1 + types.count)
    #expect(lines[4].text.hasSuffix("       41  Table: shop.orders, Rows: 2\n"))
  }

  @Test("Rows whose table is not known have no fields")
  func unreadableRows() throws {
    let lines = try InspectedEvents([InspectedEvents.orders[0], InspectedEvents.orders[3]]).lines
    #expect(lines[1].text.hasSuffix("       41\n"))
  }

  @Test("Made up events have no time")
  func withoutTime() throws {
    let event = BinlogEvents.event(16, [9, 0, 0, 0, 0, 0, 0, 0], timestamp: 0)
    let line = try #require(try InspectedEvents([InspectedEvents.orders[0], event]).lines.last)
    #expect(line.text == "       126  XID                       -                             1         27  XID: 9\n")
  }

  @Test("Names are never taken for JSON", arguments: ["\"x", "\"", "\"x\"", "x\"", "a\\", "\"\u{1B}[2J"])
  func names(_ name: String) throws {
    let map = InspectedEvents.tableMap("s\(name)", name)
    let events = [InspectedEvents.orders[0], InspectedEvents.query("BEGIN", schema: name), map]
    let lines = try InspectedEvents(events).lines.map(\.json)
    let escaped = EventField.onOneLine(name)
    for (line, wanted) in zip(lines.dropFirst(), [("schema", escaped), ("table", "s\(escaped).\(escaped)")]) {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let fields = try #require(object["fields"] as? [String: String])
      #expect(fields[wanted.0] == wanted.1)
    }
  }

  @Test("A statement stays on one line, and comes back as it was", arguments: ["BEGIN", "a\n\"b\" \\ ü", ""])
  func json(_ statement: String) throws {
    let events = [InspectedEvents.orders[0], InspectedEvents.query(statement)]
    let line = try #require(try InspectedEvents(events).lines.last).json
    #expect(line.hasSuffix("}\n") && line.dropLast().allSatisfy { !$0.isNewline })
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(object["file"] as? String == "log.000001")
    #expect(object["offset"] as? Int == 126 && object["size"] as? Int == events[1].count)
    #expect(object["end"] as? Int == 126 + events[1].count && object["log_pos"] as? Int == 0)
    #expect(object["type"] as? String == "QUERY" && object["type_code"] as? Int == 2)
    #expect(object["timestamp"] as? Int == 1_700_000_000 && object["server_id"] as? Int == 1)
    let fields = try #require(object["fields"] as? [String: String])
    #expect(fields == ["schema": "shop", "query": statement])
  }
}
