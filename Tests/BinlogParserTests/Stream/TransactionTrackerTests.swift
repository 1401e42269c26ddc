import BinlogParser
import Bytes
import TestSupport
import Testing

/// Where transactions begin and end, for every way in which servers mark them.
@Suite struct TransactionTrackerTests {
  /// An event as the tracker needs it: its type and body.
  struct Step: Sendable {
    let type: UInt8
    var body: [UInt8] = []
    /// True if the place behind it lies between two transactions.
    let isOutside: Bool

    static func query(_ text: String, _ isOutside: Bool) -> Step {
      Step(type: 2, body: [UInt8](repeating: 0, count: 13) + [0] + Array(text.utf8), isOutside: isOutside)
    }
    static func gtid(_ number: UInt64) -> Step {
      Step(type: 33, body: [1] + uuid + BinlogEvents.littleEndian(number), isOutside: false)
    }
    static func mariadbGTID(_ number: UInt64, flags: UInt8) -> Step {
      Step(type: 162, body: BinlogEvents.littleEndian(number) + [0, 0, 0, 0] + [flags], isOutside: false)
    }
    static func rows(endsStatement: Bool, _ isOutside: Bool) -> Step {
      Step(type: 23, body: [1, 0, 0, 0, 0, 0, endsStatement ? 1 : 0, 0], isOutside: isOutside)
    }
    static func other(_ type: UInt8, _ isOutside: Bool) -> Step { Step(type: type, isOutside: isOutside) }

    static let uuid: [UInt8] = (1...16).map { $0 }
    static let xid = Step(type: 16, body: [UInt8](repeating: 0, count: 8), isOutside: true)
    static let tableMap = Step(type: 19, isOutside: false)
  }

  /// A way to mark transactions.
  struct Sequence: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let steps: [Step]

    init(_ name: String, _ steps: Step...) {
      testDescription = name
      self.steps = steps
    }
  }

  private static let sequences: [Sequence] = [
    Sequence(
      "GTID, BEGIN … XID", .gtid(1), .query("BEGIN", false), .tableMap, .rows(endsStatement: true, false), .xid),
    Sequence("GTID, DDL", .gtid(1), .query("CREATE TABLE t (a INT)", true)),
    Sequence("GTID, payload", .gtid(1), .other(40, true)),
    Sequence(
      "no GTID, COMMIT of MyISAM", .query("BEGIN", false), .tableMap, .rows(endsStatement: true, false),
      .query("COMMIT", true)),
    Sequence("no GTID, DDL", .query("ALTER TABLE t ADD b INT", true)),
    Sequence(
      "savepoints", .query("BEGIN", false), .query("SAVEPOINT a", false), .query("ROLLBACK TO a", false),
      .query("ROLLBACK", true)),
    Sequence(
      "XA", .gtid(1), .query("XA START X'61',X'',1", false), .rows(endsStatement: true, false),
      .query("XA END X'61',X'',1", false), .other(38, true), .gtid(2), .query("XA COMMIT X'61',X'',1", true)),
    Sequence(
      "MariaDB", .mariadbGTID(1, flags: 0), .other(160, false), .tableMap, .rows(endsStatement: true, false), .xid),
    Sequence("MariaDB, DDL", .mariadbGTID(1, flags: 1), .query("DROP TABLE t", true)),
    Sequence(
      "statements in a transaction", .gtid(1), .query("BEGIN", false), .query("INSERT INTO t VALUES (1)", false), .xid),
    Sequence("a statement with INTVAR", .other(5, false), .query("INSERT INTO t VALUES (NULL)", true)),
    Sequence("LOAD DATA", .other(17, false), .other(9, false), .other(18, true)),
    Sequence(
      "rows without BEGIN", .tableMap, .rows(endsStatement: false, false), .rows(endsStatement: true, true),
      .query("COMMIT", true)),
    Sequence(
      "anonymous", Step(type: 34, body: [UInt8](repeating: 0, count: 25), isOutside: false), .query("BEGIN", false),
      .xid),
    Sequence("between transactions", .other(4, true), .other(27, true), .other(3, true), .other(161, true)),
  ]

  @Test(arguments: sequences)
  func boundaries(_ sequence: Sequence) throws {
    var tracker = TransactionTracker(gtids: nil)
    for (index, step) in sequence.steps.enumerated() {
      try accept(step, &tracker)
      #expect(tracker.isOutside == step.isOutside, "event \(index), type \(step.type)")
    }
  }

  /// What a transaction takes back of itself: the numbers of its events, of which the first is its GTID.
  @Test(
    arguments: [
      ("", []), ("SAVEPOINT a|r", []), ("r|ROLLBACK", [0..<2]), ("r|r|COMMIT", []), ("XA END|XA ROLLBACK X''", [0..<2]),
      ("r|SAVEPOINT a|r|ROLLBACK TO A|r|COMMIT", [2..<4]), ("SAVEPOINT a|r|SAVEPOINT a|r|ROLLBACK TO a", [3..<5]),
      ("SAVEPOINT a|r|SAVEPOINT b|r|ROLLBACK TO a|r|ROLLBACK TO `a`", [1..<7]),
      ("SAVEPOINT a|r|ROLLBACK TO a|SAVEPOINT b|r|ROLLBACK TO b", [1..<3, 4..<6]),
      ("SAVEPOINT a|r|ROLLBACK TO a|r|ROLLBACK", [0..<5]),
      ("SAVEPOINT a|SAVEPOINT b|r|RELEASE SAVEPOINT b|r|ROLLBACK TO a", [1..<6]),
    ] as [(String, [Range<Int>])])
  func undone(_ statements: String, _ expected: [Range<Int>]) throws {
    var tracker = TransactionTracker(gtids: nil)
    try accept(.mariadbGTID(1, flags: 12), &tracker)
    #expect(tracker.mayRollBack)
    for statement in statements.split(separator: "|") {
      try accept(statement == "r" ? .rows(endsStatement: true, false) : .query(String(statement), false), &tracker)
    }
    #expect(tracker.undone.ranges == expected)
  }

  @Test(arguments: [
    "ROLLBACK TO a", "SAVEPOINT a|RELEASE SAVEPOINT a|ROLLBACK TO a",
    "SAVEPOINT a|SAVEPOINT b|ROLLBACK TO a|ROLLBACK TO b",
  ])
  func savepointsThatAreNotThere(_ statements: String) throws {
    var tracker = TransactionTracker(gtids: nil)
    try accept(.mariadbGTID(1, flags: 12), &tracker)
    let statements = statements.split(separator: "|").map(String.init)
    for statement in statements.dropLast() { try accept(.query(statement, false), &tracker) }
    #expect(throws: BinlogError.self) { try accept(.query(statements.last ?? "", false), &tracker) }
  }

  @Test func undoneAmong() throws {
    var tracker = TransactionTracker(gtids: nil)
    let back: [Step] = [.query("SAVEPOINT a", false), .tableMap, .query("ROLLBACK TO a", false), .tableMap]
    for step in [Step.mariadbGTID(1, flags: 12)] + back + back { try accept(step, &tracker) }
    #expect(tracker.undone.ranges == [1..<3, 5..<7])
    #expect(tracker.undone.ranges(in: 0..<9) == [1..<3, 5..<7])
    #expect(tracker.undone.ranges(in: 2..<6) == [2..<3, 5..<6])
    #expect(tracker.undone.ranges(in: 3..<5) == [])
  }

  /// MySQL tells that a transaction has rows only, and what it takes back is not in its log then.
  @Test func mayRollBack() throws {
    var tracker = TransactionTracker(gtids: nil)
    for (flags, expected) in [(UInt8(0), false), (1, true)] {
      for type in [UInt8(33), 34] {
        try accept(Step(type: type, body: [flags] + [UInt8](repeating: 0, count: 24), isOutside: false), &tracker)
        #expect(tracker.mayRollBack == expected)
      }
    }
    try accept(.xid, &tracker)
    try accept(.query("BEGIN", false), &tracker)
    #expect(tracker.mayRollBack)
  }

  @Test func idsCountWhenTheirTransactionIsComplete() throws {
    var tracker = TransactionTracker(gtids: .mysql(MySQLGTIDSet()))
    for step in [Step.gtid(1), .query("BEGIN", false)] { try accept(step, &tracker) }
    #expect(tracker.gtids?.isEmpty == true)
    try accept(.xid, &tracker)
    #expect(tracker.gtids?.description == "01020304-0506-0708-090a-0b0c0d0e0f10:1")
    for step in [Step.gtid(2), .query("BEGIN", false)] { try accept(step, &tracker) }
    tracker.forgetOpenTransaction()
    #expect(tracker.isOutside)
    try accept(.query("CREATE DATABASE d", true), &tracker)
    #expect(tracker.gtids?.description == "01020304-0506-0708-090a-0b0c0d0e0f10:1")
  }

  @Test func aFileTellsTheIDsOfTheOnesBefore() throws {
    var tracker = TransactionTracker(gtids: nil)
    let intervals = BinlogEvents.littleEndian(UInt64(1)) + BinlogEvents.littleEndian(UInt64(6))
    let set = BinlogEvents.littleEndian(UInt64(1)) + Step.uuid + BinlogEvents.littleEndian(UInt64(1)) + intervals
    try accept(Step(type: 35, body: set, isOutside: true), &tracker)
    for step in [Step.gtid(6), .query("DROP TABLE t", true)] { try accept(step, &tracker) }
    #expect(tracker.gtids?.description == "01020304-0506-0708-090a-0b0c0d0e0f10:1-6")
  }

  /// No set says what was received when some of it has no id.
  @Test func transactionsWithoutIDs() throws {
    var tracker = TransactionTracker(gtids: .mysql(MySQLGTIDSet()))
    let anonymous = Step(type: 34, body: [UInt8](repeating: 0, count: 25), isOutside: false)
    for step in [Step.gtid(1), .query("DROP TABLE t", true), anonymous, .query("DROP TABLE u", true)] {
      try accept(step, &tracker)
    }
    #expect(tracker.gtids == nil)
    try accept(Step(type: 35, body: [UInt8](repeating: 0, count: 8), isOutside: true), &tracker)
    #expect(tracker.gtids == nil)
  }

  /// A MariaDB stream that began behind 0-0-9 may begin with a file whose list is older.
  @Test func anOlderListChangesNothing() throws {
    var tracker = TransactionTracker(gtids: try GTIDSet("0-1-9"))
    let entry: [UInt8] = [0, 0, 0, 0, 1, 0, 0, 0] + BinlogEvents.littleEndian(UInt64(3))
    try accept(Step(type: 163, body: [1, 0, 0, 0] + entry, isOutside: true), &tracker)
    #expect(tracker.gtids?.description == "0-1-9")
    try accept(.mariadbGTID(10, flags: 1), &tracker)
    try accept(.query("DROP TABLE t", true), &tracker)
    #expect(tracker.gtids?.description == "0-1-10")
  }

  @Test func theFormatOfANewFileEndsWhatADeadServerBegan() throws {
    var tracker = TransactionTracker(gtids: nil)
    for step in [Step.gtid(1), .query("BEGIN", false), .tableMap] { try accept(step, &tracker) }
    try accept(Step(type: 15, isOutside: true), &tracker)
    #expect(tracker.isOutside)
  }

  /// In real files every transaction ends before its file does, and no GTID comes within one.
  @Test(arguments: Fixture.readable)
  func realFiles(_ name: String) throws {
    let fixture = try Fixture(name)
    var stream = EventFramer(at: BinlogPosition(file: "binlog.000001", offset: 4), checksum: .none)
    var tracker = TransactionTracker(gtids: nil)
    var count = 0
    for range in fixture.events {
      let event = Array(fixture.bytes[range])
      let frame = try stream.accept(event.span.bytes, at: 0)
      if [EventType.gtid, .anonymousGTID, .taggedGTID, .mariadbGTID].contains(frame.header.type) {
        #expect(tracker.isOutside, "at \(range.lowerBound)")
        count += 1
      }
      try tracker.accept(frame, frame.body(in: event.span.bytes), stream.format)
    }
    #expect(tracker.isOutside)
    #expect(count > 0 || name.contains("5.0") || name.contains("5.1") || name.contains("5.5"))
  }

  @Test(arguments: [
    Step.gtid(1), .mariadbGTID(1, flags: 1), .query("BEGIN", false), .rows(endsStatement: true, true), .xid,
  ])
  func cutEventsAreErrorsOrHarmless(_ step: Step) {
    for body in Damage.truncations(of: step.body) {
      var tracker = TransactionTracker(gtids: nil)
      try? accept(.tableMap, &tracker)
      do throws(BinlogError) {
        try accept(Step(type: step.type, body: body, isOutside: true), &tracker)
      } catch {
        #expect(error.position == 4)
        #expect(error.eventType?.rawValue == step.type)
      }
    }
  }

  private func accept(_ step: Step, _ tracker: inout TransactionTracker) throws(BinlogError) {
    let event = BinlogEvents.event(step.type, step.body)
    var cursor = ByteCursor(event.span.bytes)
    guard let header = try? EventHeader(&cursor) else { return }
    let frame = EventFrame(
      header: header, offset: 0, bodyCount: step.body.count, start: 4, end: 4 + UInt64(event.count))
    try tracker.accept(frame, frame.body(in: event.span.bytes), nil)
  }
}
