import BinlogParser
import Bytes
import TestSupport
import Testing

/// What the log says of transactions, as outputs show it beside their rows.
@Suite struct TransactionContextTests {
  /// The context at each rows event of a fixture.
  private func contexts(_ fixture: String) throws -> [TransactionContext] {
    let fixture = try Fixture(fixture)
    var stream = EventFramer(ofFileAt: BinlogPosition(file: "log.000001", offset: 4))
    var tracker = TransactionTracker(gtids: nil)
    var context = TransactionContext()
    var found: [TransactionContext] = []
    for range in fixture.events {
      let event = Array(fixture.bytes[range])
      let frame = try stream.accept(event.span.bytes, at: 0)
      let body = frame.body(in: event.span.bytes)
      if tracker.isOutside, !frame.header.type.describesFile { context.begin(at: frame.start) }
      try context.accept(frame, body)
      try tracker.accept(frame, body, stream.format)
      if RowsEvent.kind(of: frame.header.type) != nil { found.append(context) }
    }
    return found
  }

  @Test(
    "Ids, times and connections are those of the transaction",
    arguments: [
      ("mysql-9.7-full", true, true), ("mysql-9.7-tagged-gtid", true, true), ("mariadb-11.8-full", false, true),
      ("mariadb-10.11-full", false, false),
    ])
  func members(fixture: String, hasCommitTime: Bool, hasThread: Bool) throws {
    let found = try contexts(fixture)
    #expect(!found.isEmpty)
    for context in found {
      #expect((context.commitTime != nil) == hasCommitTime)
      #expect((context.threadID ?? 0 > 0) == hasThread)
      #expect(context.number > 0 && context.start >= 4)
    }
    #expect(found.map(\.number) == found.map(\.number).sorted())
    if fixture == "mysql-9.7-tagged-gtid" {
      #expect(found.contains { $0.gtid?.contains(":mytag:") == true })
    }
  }

  @Test("The statement is that of the rows, until they end")
  func statement() throws {
    let found = try contexts("mariadb-11.8-annotated")
    #expect(found.contains { String(decoding: $0.statement ?? [], as: UTF8.self).hasPrefix("INSERT INTO annotated") })
    var context = try #require(found.first { $0.statement != nil })
    context.endStatement()
    #expect(context.statement == nil)
  }

  @Test("Nothing of a transaction stays with the next one")
  func next() throws {
    var context = try #require(try contexts("mysql-9.7-full").last)
    let number = context.number
    context.begin(at: 77)
    #expect(context.number == number + 1 && context.start == 77)
    #expect(context.gtid == nil && context.commitTime == nil && context.threadID == nil && context.statement == nil)
  }

  @Test(
    "A connection's id stands behind what else MariaDB's GTID holds, and is left out where it is cut",
    arguments: [
      // A group's id; an XA id; engines and the start of an ALTER TABLE in two parts; none of all that.
      ("02" + "0807060504030201" + "10" + "2a000000", 42),
      ("40" + "01000000" + "0201" + "616263" + "10" + "2a000000", 42),
      ("00" + "15" + "01" + "0807060504030201" + "2a000000", 42), ("0c" + "10" + "2a000000", 42), ("0c" + "00", nil),
      ("0c" + "10" + "2a0000", nil), ("40" + "01000000" + "ff", nil), ("0c", nil),
    ] as [(String, UInt32?)])
  func threadOfMariaDB(flags: String, thread: UInt32?) throws {
    let body = [UInt8](repeating: 1, count: 12) + (try #require([UInt8](hexadecimal: flags)))
    var stream = EventFramer(at: BinlogPosition(file: "log.000001", offset: 4), checksum: .none)
    _ = try stream.accept(BinlogEvents.event(15, BinlogEvents.formatDescription(), flags: 0x20).span.bytes, at: 0)
    let event = BinlogEvents.event(162, body)
    let frame = try stream.accept(event.span.bytes, at: 0)
    var context = TransactionContext()
    try context.accept(frame, frame.body(in: event.span.bytes))
    #expect(context.threadID == thread)
  }
}
