import BinlogParser
import Bytes
import TestSupport
import Testing

/// Files of servers before MySQL 5.1 was released, each event as such a server wrote it.
@Suite struct OldServerTests {
  /// 22 event types with the lengths that a 5.2.2-a_drop6p13-debug-log server wrote.
  private static let lengths: [UInt8] = [
    56, 13, 0, 8, 0, 18, 0, 4, 4, 4, 4, 18, 0, 0, 79, 6, 6, 6, 6, 0, 4, 26,
  ]

  private func replay(_ version: String, filter: TableFilter = TableFilter()) throws -> EventReplay {
    var replay = EventReplay(filter: filter)
    let body = BinlogEvents.formatDescription(version: version, postHeaderLengths: Self.lengths, algorithm: nil)
    try replay.take(BinlogEvents.event(15, body, logPosition: 102))
    return replay
  }

  /// CREATE TABLE t1 (a INT, b CHAR(50)), and its first two rows, (0, 'one') and (1, 'two').
  private static let tableMap = "000000000000047465737400027431000203fe"
  private static let rows = "00000000010002fff900000000036f6e65f9010000000374776f"

  private func event(_ type: UInt8, _ body: String, _ logPosition: UInt32 = 0) -> [UInt8] {
    BinlogEvents.event(type, [UInt8](hexadecimal: body) ?? [], logPosition: logPosition)
  }

  private func failure(_ event: [UInt8], _ replay: EventReplay) -> BinlogError? {
    var replay = replay
    do throws(BinlogError) { try replay.take(event) } catch { return error }
    return nil
  }

  @Test(
    "Event types of a tree before 5.1 are renumbered, and rows without metadata refused by name",
    arguments: [
      ("5.2.2-a_drop6p13-debug-log", UInt8(17), "WRITE_ROWS_V0"), ("5.1.5-a_drop5p20-log", 18, "UPDATE_ROWS_V0"),
      ("5.1.4-a_drop6p2", 19, "DELETE_ROWS_V0"),
    ])
  func renumbered(_ version: String, _ type: UInt8, _ name: String) throws {
    var replay = try replay(version)
    try replay.take(event(16, Self.tableMap))
    let error = failure(event(type, Self.rows), replay)
    #expect(error?.cause == .undescribedColumns)
    #expect(error?.table == "test.t1")
    #expect(error?.eventType?.description == name)
    for other in [UInt8(20), 21, 255] { #expect(failure(event(other, "1000000000000000"), replay) == nil) }
  }

  @Test func rowsOfAnExcludedTableArePassedOver() throws {
    var replay = try replay("5.2.2-a_drop6p13-debug-log", filter: TableFilter(include: nil, exclude: ["test.t1"]))
    try replay.take(event(16, Self.tableMap))
    #expect(failure(event(17, Self.rows), replay) == nil)
  }

  @Test func otherVersionsHaveTheUsualNumbers() throws {
    for version in ["5.2.3-a_drop6p13", "5.1.17-beta-debug-log", "5.2.2", "9.7.4"] {
      let body = BinlogEvents.formatDescription(
        version: version, postHeaderLengths: Self.lengths, algorithm: version == "9.7.4" ? 0 : nil)
      #expect(try FormatDescriptionEvent(body.span.bytes).numbering == .released)
    }
  }

  /// 5.1.17 wrote a transaction's events with positions that count from the transaction's start.
  @Test(arguments: [
    "5.0.58-debug-log", "5.1.15-ndb-6.1.24-debug-log", "5.1.17-beta-debug-log", "5.1.29-rc",
    "5.2.2-a_drop6p13-debug-log",
  ])
  func positionsThatCountFromTheTransactionArePutRight(_ version: String) throws {
    var replay = try replay(version)
    let start = replay.stream.position.offset
    try replay.take(BinlogEvents.event(2, [UInt8](repeating: 0, count: 49), logPosition: UInt32(start) + 68))
    try replay.take(BinlogEvents.event(2, [UInt8](repeating: 0, count: 89), logPosition: 108))
    try replay.take(BinlogEvents.event(2, [UInt8](repeating: 0, count: 114), logPosition: 241))
    #expect(replay.stream.position.offset == start + 68 + 108 + 133)
  }

  @Test func positionsOfReleasedServersAreBinding() throws {
    var replay = try replay("5.1.30-log")
    try replay.take(BinlogEvents.event(2, [UInt8](repeating: 0, count: 49), logPosition: 170))
    let error = failure(BinlogEvents.event(2, [UInt8](repeating: 0, count: 89), logPosition: 108), replay)
    #expect(error?.cause == .positionWentBackwards(from: 170))
  }

  @Test func theErrorNamesTheOldDecimal() {
    #expect(BinlogError(.unsupportedColumnType(0)).description.contains("DECIMAL columns made by MySQL 4.1"))
    #expect(!BinlogError(.undescribedColumns).hint.isEmpty)
  }
}
