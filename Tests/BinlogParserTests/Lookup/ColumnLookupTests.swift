import Foundation
import TestSupport
import Testing

import BinlogParser

/// A source whose answers the test gives, and that counts what it is asked.
private final class FakeSource: ColumnSource, @unchecked Sendable {
  var answer: Result<TableSchema, ColumnLookupFailure> = .failure(.unknownTable)
  var completesTypes = false
  var questions: [String] = []
  var places: [BinlogPosition] = []
  var reports: [[ColumnLookupFailure]] = []
  var changes: [BinlogPosition] = []

  func take(_ notice: ColumnNotice) {
    switch notice {
    case .missing(let failures): reports.append(failures)
    case .uncertain(_, let place): changes.append(place)
    }
  }

  func schema(
    of table: String, in database: String, at place: BinlogPosition
  ) throws(ColumnLookupFailure) -> TableSchema {
    questions.append("\(database).\(table)")
    places.append(place)
    return try answer.get()
  }
}

extension Result where Success == TableSchema {
  /// A server's answer.
  fileprivate static func columns(_ columns: [ColumnDescription], primaryKey: [Int] = []) -> Self {
    .success(TableSchema(database: "shop", table: "orders", columns: columns, primaryKey: primaryKey, from: .server))
  }
}

/// From the TABLE_MAP without names to the plan with names, and when a source is asked.
@Suite struct ColumnLookupTests {
  private static let columns = [
    ColumnDescription(name: "id", dataType: "int", columnType: "int(10) unsigned", characterSet: nil, octetLength: nil),
    ColumnDescription(
      name: "note", dataType: "varchar", columnType: "varchar(10)", characterSet: "latin1", octetLength: 10),
    ColumnDescription(
      name: "state", dataType: "enum", columnType: "enum('new','paid')", characterSet: "latin1", octetLength: 4),
    ColumnDescription(name: "raw", dataType: "binary", columnType: "binary(4)", characterSet: nil, octetLength: 4),
  ]
  private static let map = TableMapBytes(
    columns: [(3, []), (15, [10, 0]), (254, [247, 1]), (254, [254, 4])])
  private static let image: [UInt8] = [0, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0xE9, 2, 1, 7]

  /// A stream in which `map` is the table map.
  private func replay(_ source: FakeSource, then others: [FakeSource] = []) throws -> EventReplay {
    let sources = ColumnSources([source] + others) { notice, _, _ in source.take(notice) }
    var replay = EventReplay(columnNames: .lookup(sources))
    try replay.take(BinlogEvents.event(15, BinlogEvents.formatDescription()))
    return replay
  }

  private func json(
    _ replay: inout EventReplay, _ map: TableMapBytes = map, _ image: [UInt8] = image
  ) throws -> String {
    try replay.take(BinlogEvents.event(19, map.body))
    let rows = try replay.take(BinlogEvents.event(30, map.rows(present: [0xFF], image)))
    return String(decoding: try #require(rows.first?.after?.json), as: UTF8.self)
  }

  private func query(_ statement: String) -> [UInt8] {
    BinlogEvents.event(2, [0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0] + Array("shop\0\(statement)".utf8))
  }

  @Test func namesSignsCharacterSetsAndLabelsComeAlong() throws {
    let source = FakeSource()
    source.answer = .columns(Self.columns)
    var replay = try replay(source)
    #expect(try json(&replay) == #"{"id":4294967295,"note":"é","state":"paid","raw":"0x07000000"}"#)
    #expect(source.reports.isEmpty)
  }

  /// The key comes from where the names come from: the log's own, or the source's.
  @Test(arguments: [(nil, [1, 0]), ([UInt8(0)], [0])] as [([UInt8]?, [Int])])
  func thePrimaryKeyComesAlong(_ logged: [UInt8]?, _ key: [Int]) throws {
    let source = FakeSource()
    source.answer = .columns(Self.columns, primaryKey: [1, 0])
    var map = Self.map
    if let logged { map.fields = [(8, logged)] }
    var replay = try replay(source)
    try replay.take(BinlogEvents.event(19, map.body))
    let rows = try replay.take(BinlogEvents.event(30, map.rows(present: [0xFF], Self.image)))
    let schema = try #require(rows.first?.schema)
    #expect(schema.primaryKey == key)
    #expect(schema.columns.map(\.columnType) == ["int unsigned", "varchar(10)", "enum('new','paid')", "binary(4)"])
  }

  /// A file does not say when it was written: one warning comes for each table with a statement on some side of its rows.
  @Test(
    arguments: [
      (["R", "ALTER TABLE orders ADD x INT", "R", "DROP TABLE orders"], 1),
      (["ALTER TABLE orders ADD x INT", "R", "R"], 0),
      (["CREATE TABLE orders (id INT)", "R"], nil), (["R", "CREATE OR REPLACE TABLE orders (id INT)"], 1),
      (["R", "ALTER TABLE others ADD x INT", "TRUNCATE orders", "R"], nil), (["R", "DROP DATABASE shop"], 1),
    ] as [([String], Int?)])
  func namesFromAFileAreUncertainAcrossDDL(_ steps: [String], _ changed: Int?) throws {
    let source = FakeSource()
    source.answer = .success(
      TableSchema(database: "shop", table: "orders", columns: Self.columns, from: .file(path: "x.sql", line: 3)))
    var replay = try replay(source)
    var places: [BinlogPosition] = []
    for (number, step) in steps.enumerated() {
      places.append(BinlogPosition(file: "", offset: replay.stream.position.offset))
      var map = Self.map
      map.tableID = UInt64(number + 7)
      if step == "R" {
        #expect(try json(&replay, map).hasPrefix(#"{"id":4294967295,"#))
      } else {
        try replay.take(query(step))
      }
    }
    #expect(source.changes == (changed.map { [places[$0]] } ?? []))
    #expect(source.reports.isEmpty)
  }

  /// Answers of many megabytes: old ones are forgotten, and asked for again.
  @Test func largeAnswersAreNotAllRemembered() throws {
    let source = FakeSource()
    let note = String(repeating: "x", count: 10 << 20)
    let filler = ColumnDescription(name: "n", dataType: "text", columnType: note, characterSet: nil, octetLength: nil)
    source.answer = .columns([filler])
    var replay = try replay(source)
    var map = Self.map
    let ask = { (replay: inout EventReplay, number: Int) in
      map.tableID = UInt64(number)
      map.table = "table\(number)"
      _ = try json(&replay, map)
    }
    for number in 1...8 { try ask(&replay, number) }
    // The same table under other numbers.
    map.table = "table1"
    for number in 100...101 {
      map.tableID = UInt64(number)
      _ = try json(&replay, map)
    }
    #expect(source.questions == (1...8).map { "shop.table\($0)" } + ["shop.table1"])
  }

  @Test func whatTheLogSaysGoesFirst() throws {
    let source = FakeSource()
    source.answer = .columns(Self.columns)
    var map = Self.map
    map.fields = [(1, [0]), (2, [8, 0, 33])]
    var replay = try replay(source)
    // 0xE9 is no text in utf8mb3.
    #expect(try json(&replay, map).hasPrefix(#"{"id":-1,"note":"\#u{FFFD}","#))
  }

  @Test func namesInTheLogNeedNoSource() throws {
    let source = FakeSource()
    var map = Self.map
    map.fields = [(4, ["a", "b", "c", "d"].flatMap { [1] + Array($0.utf8) })]
    var replay = try replay(source)
    #expect(try json(&replay, map).hasPrefix(#"{"a":"#))
    #expect(source.questions.isEmpty)
  }

  @Test(arguments: [
    (Result<TableSchema, ColumnLookupFailure>.failure(.unknownTable), ColumnLookupFailure.unknownTable),
    (.columns(Array(columns.dropLast())), .columnCount(log: 4, other: 3, .server)),
    (.columns(Array(columns.reversed())), .columnType(name: "raw", log: "INT (0)", other: "binary(4)", .server)),
    (.failure(.unavailable("no")), .unavailable("no")),
    (.failure(.changed(BinlogPosition(file: "b.1", offset: 4))), .changed(BinlogPosition(file: "b.1", offset: 4))),
  ])
  func withoutAgreementColumnsAreNumbered(
    _ answer: Result<TableSchema, ColumnLookupFailure>, _ failure: ColumnLookupFailure
  ) throws {
    let source = FakeSource()
    source.answer = answer
    var replay = try replay(source)
    for id in [UInt64(7), 8, 9] {
      var map = Self.map
      map.tableID = id
      #expect(try json(&replay, map).hasPrefix(#"{"c0":-1,"c1":"#))
    }
    #expect(source.reports == [[failure]])
    #expect(source.questions == ["shop.orders"])
    #expect(!failure.description.isEmpty)
  }

  @Test func theNextSourceIsAskedWhereTheFirstFails() throws {
    let first = FakeSource()
    let second = FakeSource()
    second.answer = .columns(Self.columns)
    var replay = try replay(first, then: [second])
    #expect(try json(&replay).hasPrefix(#"{"id":4294967295,"#))
    second.answer = .failure(.columnNames(.server))
    var map = Self.map
    map.tableID = 8
    map.table = "others"
    for _ in 1...2 { #expect(try json(&replay, map).hasPrefix(#"{"c0":-1,"#)) }
    #expect(first.reports == [[.unknownTable, .columnNames(.server)]])
    #expect(first.questions == ["shop.orders", "shop.others"] && second.questions == first.questions)
  }

  @Test func withoutSourcesOneTableStandsForAll() throws {
    let reports = FakeSource()
    let sources = ColumnSources([]) { notice, _, _ in reports.take(notice) }
    var replay = EventReplay(columnNames: .lookup(sources))
    try replay.take(BinlogEvents.event(15, BinlogEvents.formatDescription()))
    var map = Self.map
    for id in [UInt64(7), 8, 9] {
      map.tableID = id
      map.table = "table\(id)"
      #expect(try json(&replay, map).hasPrefix(#"{"c0":-1,"#))
    }
    #expect(reports.reports == [[]])
  }

  /// MariaDB's log does not tell UUID from BINARY(16), even with all names in it.
  @Test(arguments: [(true, 1), (false, 0)])
  func typesThatNoLogTellsAreAskedForOnlyOnDemand(_ completesTypes: Bool, _ questions: Int) throws {
    let source = FakeSource()
    source.completesTypes = completesTypes
    let sources = ColumnSources([source]) { _, _, _ in }
    var lookup = ColumnLookup(sources)
    var map = TableMapBytes(columns: [(254, [254, 16])])
    map.fields = [(2, [63]), (4, [1] + Array("u".utf8))]
    let body = map.body
    let event = try TableMapEvent(body.span.bytes, postHeaderLength: 8)
    let definitions = try event.columns()
    var metadata = try event.metadata(of: definitions)
    lookup.complete(
      &metadata, definitions, schema: "shop", table: "orders", at: BinlogPosition(file: "b.1", offset: 4),
      isMariaDB: true)
    #expect(source.questions.count == questions)
  }

  @Test("45: rows from before an ALTER keep numbers, although the server shows the table as it is after it")
  func theServerIsAheadOfTheLog() throws {
    let source = FakeSource()
    let added = ColumnDescription(
      name: "added", dataType: "int", columnType: "int", characterSet: nil, octetLength: nil)
    source.answer = .columns(Self.columns + [added])
    var replay = try replay(source)
    #expect(try json(&replay).hasPrefix(#"{"c0":-1,"#))
    #expect(source.reports == [[.columnCount(log: 4, other: 5, .server)]])
    try replay.take(query("ALTER TABLE orders ADD added INT"))
    var altered = Self.map
    altered.tableID = 8
    altered.columns.append((3, []))
    let names = #"{"id":4294967295,"note":"é","state":"paid","raw":"0x07000000","added":5}"#
    #expect(try json(&replay, altered, Self.image + [5, 0, 0, 0]) == names)
    #expect(source.reports.count == 1)
  }

  @Test(arguments: [
    ("ALTER TABLE orders RENAME COLUMN id TO number", 2), ("DROP TABLE x, ORDERS", 2), ("DROP DATABASE shop", 2),
    ("ALTER THING", 2), ("TRUNCATE orders", 1), ("DROP TABLE IF EXISTS x", 1), ("DROP DATABASE x", 1), ("BEGIN", 1),
    ("INSERT INTO orders VALUES (1)", 1),
  ])
  func aDDLStatementMakesTheSourceBeAskedAgain(_ statement: String, _ questions: Int) throws {
    let source = FakeSource()
    source.answer = .columns(Self.columns)
    var replay = try replay(source)
    _ = try json(&replay)
    try replay.take(query(statement))
    _ = try json(&replay)
    #expect(source.questions.count == questions)
  }

  @Test func theSourceIsAskedForThePlaceOfTheRows() throws {
    let source = FakeSource()
    source.answer = .columns(Self.columns)
    var replay = try replay(source)
    replay.decoder.file = "binlog.000007"
    let place = replay.stream.position.offset
    _ = try json(&replay)
    #expect(source.places == [BinlogPosition(file: "binlog.000007", offset: place)])
  }

  @Test func labelsThatMayHaveLostCharactersAreNotUsed() throws {
    let source = FakeSource()
    var columns = Self.columns
    columns[2] = ColumnDescription(
      name: "state", dataType: "enum", columnType: "enum('new','?')", characterSet: "utf8mb4", octetLength: 4)
    source.answer = .columns(columns)
    var replay = try replay(source)
    #expect(try json(&replay).contains(#""state":2,"#))
  }

  @Test(
    arguments: [
      (2, [UInt8](), 1), (18, [UInt8](repeating: 0, count: 13), 1), (2, [], 0),
    ] as [(UInt8, [UInt8], UInt64)])
  func statementsThatChangeRowsAreCounted(_ type: UInt8, _ added: [UInt8], _ count: UInt64) throws {
    var replay = try replay(FakeSource())
    let statement = count == 0 ? "COMMIT" : type == 18 ? "LOAD DATA INFILE 'x' INTO TABLE t" : "DELETE FROM t"
    let head: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0]
    let event = BinlogEvents.event(type, head + added + Array("shop\0\(statement)".utf8))
    try replay.take(event)
    #expect(replay.decoder.statementChanges == count)
    let start = replay
    for cut in Damage.truncations(of: event) {
      var replay = start
      _ = try? replay.take(BinlogEvents.sealed(cut, checksum: false))
    }
    for flipped in Damage.bitFlips(of: event) {
      var replay = start
      _ = try? replay.take(BinlogEvents.sealed(flipped, checksum: false))
    }
  }
}
