import BinlogParser
import Bytes
import TestSupport
import Testing

@Suite struct RowsEventTests {
  private struct Rows: Equatable {
    var tableID: UInt64 = 7
    var flags: UInt16 = 1
    var columnCount = 2
    var present: [UInt8] = [3]
    var presentAfter: [UInt8] = [3]
    var rows: [UInt8] = [0xAA]
    var rowsOffset: Int
  }

  private func read(
    _ body: [UInt8], _ kind: RowsKind, version: Int, postHeaderLength: Int = 8
  ) throws(DecodeError) -> Rows {
    let event = try RowsEvent(body.span.bytes, kind: kind, version: version, postHeaderLength: postHeaderLength)
    return Rows(
      tableID: event.tableID, flags: event.flags, columnCount: event.columnCount, present: event.present.array,
      presentAfter: event.presentAfter.array, rows: event.rows.array, rowsOffset: event.rowsOffset)
  }

  private static let head: [UInt8] = [7, 0, 0, 0, 0, 0, 1, 0]

  @Test(arguments: 0...1, RowsKind.allCases)
  func oldVersionsHaveNoExtraInfo(_ version: Int, _ kind: RowsKind) throws {
    let hasSecond = kind == .update && version == 1
    let body = Self.head + [2, 3] + (hasSecond ? [1] : []) + [0xAA]
    let rows = try read(body, kind, version: version)
    #expect(rows == Rows(presentAfter: hasSecond ? [1] : [3], rowsOffset: hasSecond ? 11 : 10))
  }

  @Test(arguments: [0, 1, 20])
  func theLengthOfTheExtraInfoCountsItself(_ extra: Int) throws {
    let info = BinlogEvents.littleEndian(UInt16(extra + 2)) + [UInt8](repeating: 0xEE, count: extra)
    let rows = try read(Self.head + info + [2, 3, 0xAA], .insert, version: 2)
    #expect(rows == Rows(rowsOffset: 12 + extra))
  }

  @Test(arguments: [UInt8(0), 1])
  func anExtraInfoShorterThanItsLengthIsAnError(_ count: UInt8) {
    #expect(throws: DecodeError(.invalid, at: 8, "extra row info's length")) {
      try read(Self.head + [count, 0, 2, 3, 0xAA], .insert, version: 2)
    }
  }

  @Test func shortPostHeadersHaveShortTableIDs() throws {
    let body: [UInt8] = [7, 0, 0, 0, 1, 0, 2, 3, 0xAA]
    #expect(try read(body, .delete, version: 1, postHeaderLength: 6) == Rows(rowsOffset: 8))
  }

  @Test func columnCountsAreLengthEncoded() throws {
    let bitmap = [UInt8](repeating: 0xFF, count: 38)
    let rows = try read(Self.head + [0xFC, 0x2C, 0x01] + bitmap, .insert, version: 1)
    #expect(rows.columnCount == 300)
    #expect(rows.present == bitmap)
  }

  @Test func aCountThatTheEventCannotHoldIsAnError() {
    let body = Self.head + [0xFE, 0, 0, 0, 0, 0, 0, 0, 0x80]
    #expect(throws: DecodeError(.truncated, at: 8, "column count")) { try read(body, .insert, version: 1) }
  }

  @Test(arguments: RowsKind.allCases)
  func cutBodiesAreErrors(_ kind: RowsKind) throws {
    let body = Self.head + [5, 0, 1, 2, 3, 9, 0xFF, 1] + (kind == .update ? [0xFF, 1] : [])
    _ = try read(body, kind, version: 2)
    for cut in Damage.truncations(of: body) { #expect(throws: DecodeError.self) { try read(cut, kind, version: 2) } }
  }

  @Test func everyTypeOfRowsEventHasAKindAndAVersion() {
    let kinds = (UInt8.min...UInt8.max).compactMap { code in
      RowsEvent.kind(of: EventType(rawValue: code)).map { "\(code) \($0.kind) \($0.version)" }
    }
    #expect(
      kinds == [
        "20 INSERT 0", "21 UPDATE 0", "22 DELETE 0", "23 INSERT 1", "24 UPDATE 1", "25 DELETE 1", "30 INSERT 2",
        "31 UPDATE 2", "32 DELETE 2", "39 UPDATE 2", "166 INSERT 1", "167 UPDATE 1", "168 DELETE 1", "169 INSERT 2",
        "170 UPDATE 2", "171 DELETE 2",
      ])
  }
}
