import BinlogParser
import Bytes
import TestSupport
import Testing

@Suite struct EventDecoderTests {
  private static let insert: UInt8 = 30

  /// A replay whose file has begun, without checksums.
  private func replay(
    filter: TableFilter = TableFilter(), postHeaderLengths: [UInt8] = [UInt8](repeating: 8, count: 41)
  ) throws -> EventReplay {
    var replay = EventReplay(filter: filter)
    try replay.take(format(postHeaderLengths))
    return replay
  }

  private func format(_ postHeaderLengths: [UInt8] = [UInt8](repeating: 8, count: 41)) -> [UInt8] {
    BinlogEvents.event(15, BinlogEvents.formatDescription(postHeaderLengths: postHeaderLengths), flags: 0x20)
  }

  private func failure(_ event: [UInt8], _ replay: EventReplay) -> BinlogError? {
    var replay = replay
    do throws(BinlogError) { try replay.take(event) } catch { return error }
    return nil
  }

  private func json(_ rows: [ReplayedRow]) -> [String] {
    rows.map { String(decoding: ($0.after ?? $0.before)?.json ?? [], as: UTF8.self) }
  }

  private let map = TableMapBytes(columns: [(3, []), (254, [0xF7, 1])], fields: [(4, [2, 105, 100, 1, 101])])
  private var mapEvent: [UInt8] { BinlogEvents.event(19, map.body) }

  @Test func rowsFollowTheirTableMap() throws {
    var replay = try replay()
    try replay.take(mapEvent)
    let rows = map.rows(present: [3], [0, 1, 0, 0, 0, 0, 0b11])
    #expect(
      json(try replay.take(BinlogEvents.event(Self.insert, rows))) == [#"{"id":1,"e":""}"#, #"{"id":null,"e":null}"#])
  }

  @Test func severalTableMapsComeBeforeTheRows() throws {
    var replay = try replay()
    let other = TableMapBytes(tableID: 8, table: "other", columns: [(1, [])])
    try replay.take(mapEvent)
    try replay.take(BinlogEvents.event(19, other.body))
    let first = try replay.take(BinlogEvents.event(Self.insert, map.rows(present: [1], [0, 9, 0, 0, 0], flags: 0)))
    let second = try replay.take(BinlogEvents.event(Self.insert, other.rows(present: [1], [0, 0x80])))
    #expect(json(first) + json(second) == [#"{"id":9}"#, #"{"c0":-128}"#])
    #expect(second.first?.table == "shop.other")
  }

  @Test func shortPostHeadersHaveShortTableIDs() throws {
    var replay = try replay(postHeaderLengths: [UInt8](repeating: 6, count: 41))
    let map = TableMapBytes(tableIDByteCount: 4, columns: [(1, [])])
    try replay.take(BinlogEvents.event(19, map.body))
    #expect(json(try replay.take(BinlogEvents.event(Self.insert, map.rows(present: [1], [0, 5])))) == [#"{"c0":5}"#])
  }

  @Test func anUnknownTableIDIsAnError() throws {
    let error = failure(BinlogEvents.event(Self.insert, map.rows(present: [3], [])), try replay())
    #expect(error?.cause == .missingTableMap(tableID: 7))
    #expect(error?.description == "WRITE_ROWS: table id 7 has no TABLE_MAP event in the range")
  }

  @Test func aDummyEventOnlyEndsItsStatement() throws {
    let dummy = TableMapBytes(tableID: RowsEvent.dummyTableID)
    #expect(failure(BinlogEvents.event(Self.insert, dummy.rows(present: [], [])), try replay()) == nil)
    let error = failure(BinlogEvents.event(Self.insert, dummy.rows(present: [], [], flags: 0)), try replay())
    #expect(error?.cause == .missingTableMap(tableID: RowsEvent.dummyTableID))
  }

  @Test func tableMapsAreForgottenWhenAFileBegins() throws {
    var replay = try replay()
    try replay.take(mapEvent)
    try replay.take(format())
    let rows = BinlogEvents.event(Self.insert, map.rows(present: [1], [1]))
    #expect(failure(rows, replay)?.cause == .missingTableMap(tableID: 7))
    try replay.take(mapEvent)
    #expect(json(try replay.take(rows)) == [#"{"id":null}"#])
  }

  @Test func aNumberThatIsGivenAnewMeansTheNewTable() throws {
    var replay = try replay()
    try replay.take(mapEvent)
    let other = TableMapBytes(table: "other", columns: [(1, [])])
    try replay.take(BinlogEvents.event(19, other.body))
    #expect(json(try replay.take(BinlogEvents.event(Self.insert, other.rows(present: [1], [0, 1])))) == [#"{"c0":1}"#])
  }

  /// A statement keeps as many table maps as it has; between statements their number is bounded.
  @Test func tableMapsAreDroppedBetweenStatementsWhenThereAreMany() throws {
    var replay = try replay()
    var last = TableMapBytes(columns: [(1, [])])
    for tableID in UInt64(1)...5000 {
      last.tableID = tableID
      try replay.take(BinlogEvents.event(19, last.body))
    }
    let open = BinlogEvents.event(Self.insert, last.rows(present: [1], [0, 1], flags: 0))
    let end = BinlogEvents.event(Self.insert, last.rows(present: [1], [0, 2]))
    #expect(json(try replay.take(open) + replay.take(end)) == [#"{"c0":1}"#, #"{"c0":2}"#])
    #expect(failure(end, replay)?.cause == .missingTableMap(tableID: 5000))
  }

  /// The plan of the next rows of `map`, after a TABLE_MAP with `body`.
  private func plan(_ decoder: inout EventDecoder, _ body: [UInt8]) throws -> TablePlan? {
    var stream = try replay().stream
    let rows = BinlogEvents.event(Self.insert, map.rows(present: [1], [1]))
    for event in [BinlogEvents.event(19, body), rows] {
      let frame = try stream.accept(event.span.bytes, at: 0)
      if case .rows(_, let plan) = try decoder.decode(frame, frame.body(in: event.span.bytes)) { return plan }
    }
    return nil
  }

  @Test func anIdenticalTableMapIsNotCompiledAgain() throws {
    var decoder = try replay().decoder
    let first = try #require(try plan(&decoder, map.body))
    #expect(try plan(&decoder, map.body) === first)
    var changed = map
    changed.table = "renamed"
    let second = try #require(try plan(&decoder, changed.body))
    #expect(second !== first)
    #expect(second.qualifiedName == "shop.renamed")
  }

  @Test func rowsOfAnExcludedTableAreNotLookedAt() throws {
    let filter = try TableFilter(include: nil, exclude: ["shop.orders"])
    var replay = try replay(filter: filter)
    try replay.take(BinlogEvents.event(19, TableMapBytes(columns: [(3, [1, 2, 3])]).body))
    let nonsense = map.rows(present: [3], [0xFF, 0xFF, 0xFF])
    #expect(try replay.take(BinlogEvents.event(Self.insert, nonsense)).isEmpty)
    for type: UInt8 in [39, 166, 167, 168, 169, 170, 171] {
      #expect(failure(BinlogEvents.event(type, nonsense), replay) == nil)
    }
  }

  @Test("Rows of a kind that is not wanted are counted, and their images not looked at", arguments: RowsKind.allCases)
  func unwantedKinds(_ wanted: RowsKind) throws {
    var filter = TableFilter()
    filter.operations = RowOperations(wanted)
    var replay = try replay(filter: filter)
    try replay.take(mapEvent)
    let nonsense = map.rows(present: [3], [0xFF, 0xFF, 0xFF])
    let types: [RowsKind: [UInt8]] = [
      .insert: [23, 30, 166, 169], .update: [24, 31, 39, 167, 170], .delete: [25, 32, 168, 171],
    ]
    var count: UInt64 = 0
    for (kind, types) in types where kind != wanted {
      for type in types {
        #expect(try replay.take(BinlogEvents.event(type, nonsense)).isEmpty)
        count += 1
        #expect(replay.decoder.unwantedRowEvents == count)
      }
    }
    for type in types[wanted] ?? [] {
      _ = try? replay.take(BinlogEvents.event(type, nonsense))
      #expect(replay.decoder.unwantedRowEvents == count, "\(type)")
    }
    let unknown = TableMapBytes(tableID: 99, columns: [(1, [])]).rows(present: [1], [0, 5])
    for type in types.values.joined() {
      #expect(failure(BinlogEvents.event(type, unknown), replay)?.cause == .missingTableMap(tableID: 99), "\(type)")
    }
  }

  @Test func anIncidentIsAnError() throws {
    #expect(failure(BinlogEvents.event(26, [1, 0, 0]), try replay())?.cause == .incident)
  }

  @Test(arguments: [UInt8(0), 1, 5, 28, 36, 99, 100, 101, 161, 163, 255])
  func otherEventsArePassedOver(_ type: UInt8) throws {
    #expect(failure(BinlogEvents.event(type, [0xFF, 0xFF]), try replay()) == nil)
  }

  @Test func errorsNameTheEventTheTableTheColumnAndTheOffset() throws {
    var replay = try replay()
    let map = TableMapBytes(
      columns: [(3, []), (245, [4]), (0, [])], fields: [(4, [2, 105, 100, 1, 106, 1, 111])])
    try replay.take(BinlogEvents.event(19, map.body))
    let document: [UInt8] = [0, 7, 0, 0, 0, 2, 0, 0, 0, 0x04, 9]
    let row = BinlogEvents.event(Self.insert, map.rows(present: [3], document))
    // 19 header, 8 table id and flags, 2 extra info, 1 count, 1 bitmap; then 9 before the document, 1 in it.
    #expect(
      failure(row, replay)?.description == "WRITE_ROWS of shop.orders, column j: invalid JSON literal at offset 41")
    let old = BinlogEvents.event(Self.insert, map.rows(present: [4], [0, 1]))
    #expect(
      failure(old, replay)?.description
        == "WRITE_ROWS of shop.orders, column o: DECIMAL columns made by MySQL 4.1 or earlier cannot be read")
    let cut = BinlogEvents.event(Self.insert, map.rows(present: [1], [0, 1, 2]))
    #expect(
      failure(cut, replay)?.description == "WRITE_ROWS of shop.orders, column id: truncated INT at offset 32")
    let narrow = BinlogEvents.event(Self.insert, TableMapBytes(columns: [(3, [])]).rows(present: [1], [1]))
    #expect(failure(narrow, replay)?.cause == .columnCountMismatch(rows: 1, tableMap: 3))
  }

  @Test func errorsOfTheStreamNameThePlace() throws {
    let error = failure(BinlogEvents.event(2, [], logPosition: 5), try replay())
    #expect(error?.description == "binlog.000001:4: QUERY: it starts before the end of the event before it (4)")
  }

  @Test func everyCauseHasAHint() {
    let causes: [BinlogError.Cause] = [
      .checksumMismatch, .missingTableMap(tableID: 1), .incident, .unsupportedColumnType(0),
      .missingFormatDescription, .positionWentBackwards(from: 0), .columnCountMismatch(rows: 1, tableMap: 2),
      .decode(DecodeError(.invalid, at: 0, "x")), .startsAtEncryption,
    ]
    for cause in causes { #expect(!BinlogError(cause).hint.isEmpty) }
  }
}
