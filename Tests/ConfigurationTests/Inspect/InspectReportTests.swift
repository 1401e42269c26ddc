import BinlogParser
import Bytes
import Foundation
import MySQLBinlogConnector
import TestSupport
import Testing

/// The summary of a file, for people and for machines.
@Suite struct InspectReportTests {
  private static let fixtures = [
    "mysql-9.7-full", "mysql-9.7-no-checksum", "mysql-9.7-compressed", "mysql-9.7-tagged-gtid", "mariadb-10.11-full",
    "mariadb-11.8-compressed",
  ]

  private func object(_ report: InspectReport) throws -> [String: Any] {
    let line = report.json
    #expect(line.hasSuffix("}\n") && line.dropLast().allSatisfy { !$0.isNewline })
    return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  @Test func text() throws {
    let expected = """
      File:            x/log.000001
      Size:            281 bytes
      Server:          8.0.40
      Checksum:        NONE
      Start time:      2023-11-14 22:13:20 UTC (1700000000)
      End time:        2023-11-14 22:13:20 UTC (1700000000)
      Closed:          yes
      Transactions:    1

      Events
        type                count  bytes
        QUERY                   1     42
        FORMAT_DESCRIPTION      1    122
        XID                     1     27
        TABLE_MAP               1     45
        WRITE_ROWS              1     41

      Tables
        table        inserted  updated  deleted
        shop.orders         2        0        0

      Largest transactions
        gtid  position  bytes  rows
        -          126    155     2


      """
    #expect(try InspectedEvents(InspectedEvents.orders).report().text == expected)
  }

  @Test func json() throws {
    let expected =
      #"{"file":"x/log.000001","size":281,"server_version":"8.0.40","checksum":"NONE","start_time":1700000000,"#
      + #""end_time":1700000000,"closed":true,"read_to":281,"verified_checksums":0,"previous_gtids":null,"gtids":[],"#
      + #""events":[{"type":"QUERY","count":1,"bytes":42},{"type":"FORMAT_DESCRIPTION","count":1,"bytes":122},"#
      + #"{"type":"XID","count":1,"bytes":27},{"type":"TABLE_MAP","count":1,"bytes":45},"#
      + #"{"type":"WRITE_ROWS","count":1,"bytes":41}],"payload_events":[],"#
      + #""tables":[{"table":"shop.orders","inserted":2,"updated":0,"deleted":0}],"transactions":1,"#
      + #""largest_transactions":[{"position":126,"bytes":155,"rows":2,"gtid":null}],"unreadable_events":0,"#
      + #""unreadable_reason":null,"incomplete":null,"error":null}"# + "\n"
    #expect(try InspectedEvents(InspectedEvents.orders).report().json == expected)
  }

  @Test("A file of nothing has no server, no times and no tables")
  func nothing() throws {
    let report = try InspectedEvents([]).report(error: "log.000001:4: damaged")
    #expect(
      report.text == """
        File:            x/log.000001
        Size:            4 bytes
        Transactions:    0
        Error:           log.000001:4: damaged


        """)
    let object = try object(report)
    #expect(object["server_version"] is NSNull && object["start_time"] is NSNull && object["read_to"] as? Int == 4)
  }

  @Test("An unclosed file, what is cut of it, and an error are told", arguments: [false, true])
  func unclosed(_ tellsChecksums: Bool) throws {
    let report = try InspectedEvents(InspectedEvents.orders).report(
      path: "a \"b\"\n", isUnclosed: true, cut: "the file ends early", error: "why", tellsChecksums: tellsChecksums)
    #expect(report.text.contains("Closed:          not known to be\n"))
    #expect(report.text.contains("Incomplete:      281: the file ends early\nError:           why\n"))
    #expect(report.text.contains("Verified:        0 checksums match\n") == tellsChecksums)
    let object = try object(report)
    #expect(object["file"] as? String == "a \"b\"\n")
    #expect(object["closed"] as? Bool == false)
    #expect(object["incomplete"] as? String == "the file ends early")
    #expect(object["error"] as? String == "why")
  }

  @Test("The events of a TRANSACTION_PAYLOAD are counted by themselves")
  func payload() throws {
    let payload = InspectedEvents.payload(InspectedEvents.orders[1...])
    let report = try InspectedEvents([InspectedEvents.orders[0], payload, payload]).report()
    let wanted = [
      ["type": "QUERY", "count": "2", "bytes": "84"], ["type": "XID", "count": "2", "bytes": "54"],
      ["type": "TABLE_MAP", "count": "2", "bytes": "90"], ["type": "WRITE_ROWS", "count": "2", "bytes": "82"],
    ]
    let inner = try #require(try object(report)["payload_events"] as? [[String: Any]])
    #expect(inner.map { $0.mapValues { "\($0)" } } == wanted)
    let events = try #require(try object(report)["events"] as? [[String: Any]])
    #expect(events.compactMap { $0["type"] as? String } == ["FORMAT_DESCRIPTION", "TRANSACTION_PAYLOAD"])
    #expect(
      report.text.contains("\nEvents in TRANSACTION_PAYLOAD\n  type        count  bytes\n  QUERY           2     84\n"))
  }

  @Test(
    "An error in an event of a TRANSACTION_PAYLOAD names that event",
    arguments: [
      (19, [7, 0, 0], "TABLE_MAP"), (30, [7, 0, 0, 0, 0, 0, 1, 0, 2, 0, 1, 1, 0, 1], "WRITE_ROWS of shop.orders"),
      (2, [0], "QUERY"),
    ] as [(UInt8, [UInt8], String)])
  func damagedPayload(_ type: UInt8, _ body: [UInt8], _ place: String) throws {
    let payload = InspectedEvents.payload(InspectedEvents.orders[1...2] + [BinlogEvents.event(type, body)])
    do {
      _ = try InspectedEvents([InspectedEvents.orders[0], payload])
      Issue.record("no error")
    } catch let error as BinlogError {
      #expect(error.description.hasPrefix("log.000001:126: \(place)"), "\(error)")
    }
  }

  @Test("Nothing that a file holds steers a terminal or breaks out of its line")
  func controlCharacters() throws {
    let format = BinlogEvents.event(15, BinlogEvents.formatDescription(version: "8.0\u{1B}[31m\nevil: x"))
    let events = [format, InspectedEvents.tableMap("s\u{1B}[2J", "a\nb\u{9B}\u{202E}")] + InspectedEvents.orders[3...]
    let report = try InspectedEvents(events).report(
      path: "x\u{1B}", cut: "cut\u{7}", error: "f:4: WRITE_ROWS of s\u{1B}[2J")
    let text = report.text
    #expect(
      text.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && !(0x7F...0x9F ~= $0.value)) }, "\(text)")
    #expect(report.json.dropLast().unicodeScalars.allSatisfy { !$0.steersTerminal }, "\(report.json)")
    for escaped in [
      "File:            x\\u001b\n", "Server:          8.0\\u001b[31m\\u000aevil: x\n", ": cut\\u0007\n",
      "Error:           f:4: WRITE_ROWS of s\\u001b[2J\n", "  s\\u001b[2J.a\\u000ab\\u009b\\u202e         2  ",
    ] { #expect(text.contains(escaped), "\(escaped) in \(text)") }
  }

  @Test(
    "Rows that cannot be read, and are not damaged, are counted",
    arguments: [
      (UInt8(30), [UInt8]([7, 0, 0, 0, 0, 0, 1, 0, 2, 0, 1, 1, 0, 1, 0, 0, 0]), "TABLE_MAP"),
      (26, [1, 0, 0], "INCIDENT"),
    ])
  func unreadable(_ type: UInt8, _ body: [UInt8], _ reason: String) throws {
    let event = BinlogEvents.event(type, body)
    let report = try InspectedEvents([InspectedEvents.orders[0], event, event]).report()
    let found = try object(report)
    #expect(found["unreadable_events"] as? Int == 2)
    #expect((found["unreadable_reason"] as? String)?.contains(reason) == true, "\(found)")
    #expect(report.text.contains("Not readable:    2 events; the first: log.000001:126: "))
  }

  @Test("Rows of a server from before 5.1, whose layout the log does not tell, are counted")
  func undescribed() throws {
    // CREATE TABLE t1 (a INT, b CHAR(50)) and a row, by the numbering of that tree.
    let lengths = [UInt8](repeating: 6, count: 22)
    let format = BinlogEvents.formatDescription(
      version: "5.2.2-a_drop6p13-debug-log", postHeaderLengths: lengths, algorithm: nil)
    let map: [UInt8] = [0, 0, 0, 0, 0, 0, 4] + Array("test\0".utf8) + [2] + Array("t1\0".utf8) + [2, 3, 0xFE]
    let rows: [UInt8] = [0, 0, 0, 0, 1, 0, 2, 0xFF, 0xF9, 0, 0, 0, 0, 3] + Array("one".utf8)
    let events = [BinlogEvents.event(15, format), BinlogEvents.event(16, map), BinlogEvents.event(17, rows)]
    let found = try object(try InspectedEvents(events).report())
    #expect(found["unreadable_events"] as? Int == 1)
    #expect((found["unreadable_reason"] as? String)?.contains("test.t1") == true)
  }

  @Test("What the report says of a real file is what the server says of its rows", arguments: fixtures)
  func fixture(_ name: String) throws {
    let fixture = try Fixture(name)
    let inspected = try InspectedEvents(fixture.events.map { Array(fixture.bytes[$0]) })
    let report = try object(inspected.report(tellsChecksums: true))
    let tables = try #require(report["tables"] as? [[String: Any]])
    var wanted: [String: [String: Int]] = [:]
    for line in fixture.rows.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 2, ["INSERT", "UPDATE", "DELETE"].contains(words[0]) else { continue }
      wanted[String(words[1]), default: [:]][String(words[0]), default: 0] += 1
    }
    #expect(Set(tables.compactMap { $0["table"] as? String }) == Set(wanted.keys))
    for table in tables {
      let kinds = try #require(wanted[table["table"] as? String ?? ""])
      for (kind, key) in [("INSERT", "inserted"), ("UPDATE", "updated"), ("DELETE", "deleted")] {
        #expect(table[key] as? Int == kinds[kind] ?? 0)
      }
    }
    let events = try #require(report["events"] as? [[String: Any]])
    #expect(events.reduce(0) { $0 + ($1["bytes"] as? Int ?? 0) } == fixture.bytes.count - 4)
    #expect(report["verified_checksums"] as? Int == (name.contains("no-checksum") ? 0 : fixture.events.count))
    #expect(report["read_to"] as? Int == fixture.bytes.count)
  }
}
