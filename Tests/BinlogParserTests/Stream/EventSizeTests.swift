import BinlogParser
import Bytes
import CZlib
import TestSupport
import Testing

/// `max_event_bytes` also holds for what an event is unpacked to.
@Suite struct EventSizeTests {
  private static let limit = 1 << 20

  /// TINYBLOB to LONGBLOB are one type; 140 is MariaDB's BLOB COMPRESSED, with the bytes of the length as metadata.
  private let map = TableMapBytes(columns: [(140, [4])])

  /// `count` zeros as a zlib stream behind the header of a part of an event, or of a column.
  private func compressed(_ count: Int) -> [UInt8] {
    let zeros = [UInt8](repeating: 0, count: count)
    var size = compressBound(UInt(count))
    var out = [UInt8](repeating: 0, count: Int(size))
    #expect(compress2(&out, &size, zeros, UInt(count), 9) == Z_OK)
    return [0x84] + BinlogEvents.littleEndian(UInt32(count).byteSwapped) + out.prefix(Int(size))
  }

  private func failure(_ events: [[UInt8]]) throws -> BinlogError? {
    var replay = EventReplay(maxEventBytes: Self.limit)
    let format = BinlogEvents.formatDescription(version: "11.8.6-MariaDB")
    try replay.take(BinlogEvents.event(15, format, flags: 0x20))
    do throws(BinlogError) {
      for event in events { try replay.take(event) }
      return nil
    } catch { return error }
  }

  private func column(_ value: [UInt8]) -> [UInt8] { [0] + BinlogEvents.littleEndian(UInt32(value.count)) + value }

  private var mapEvent: [UInt8] { BinlogEvents.event(19, map.body) }

  private func compressedRows(_ images: [UInt8]) -> [UInt8] {
    var bytes = images
    var size = compressBound(UInt(bytes.count))
    var out = [UInt8](repeating: 0, count: Int(size))
    #expect(compress2(&out, &size, &bytes, UInt(bytes.count), 9) == Z_OK)
    let part = [0x84] + BinlogEvents.littleEndian(UInt32(images.count).byteSwapped) + out.prefix(Int(size))
    return BinlogEvents.event(169, map.rows(present: [1], part))
  }

  @Test func aValueOfACompressedColumn() throws {
    let fits = BinlogEvents.event(30, map.rows(present: [1], column(compressed(Self.limit))))
    #expect(try failure([mapEvent, fits]) == nil)
    let bomb = BinlogEvents.event(30, map.rows(present: [1], column(compressed(Self.limit + 1))))
    let error = try #require(try failure([mapEvent, bomb]))
    #expect(error.cause == .eventTooLarge(size: Self.limit + 1, limit: Self.limit))
    #expect(
      error.description
        == "WRITE_ROWS of shop.orders, column c0: 1048577 bytes are more than max_event_bytes (1048576)")
    #expect(error.hint.contains("max_event_bytes"))
  }

  @Test func theValuesOfAnEventTogether() throws {
    let row = column(compressed(Self.limit / 4))
    let rows = { (count: Int) in
      BinlogEvents.event(30, map.rows(present: [1], [[UInt8]](repeating: row, count: count).flatMap { $0 }))
    }
    #expect(try failure([mapEvent, rows(4), rows(4)]) == nil)
    #expect(try failure([mapEvent, rows(5)])?.cause == .eventTooLarge(size: Self.limit / 4 * 5, limit: Self.limit))
  }

  @Test func theRowsOfACompressedEvent() throws {
    #expect(try failure([mapEvent, compressedRows(column([0] + [UInt8](repeating: 7, count: Self.limit - 6)))]) == nil)
    let images = column([0] + [UInt8](repeating: 7, count: Self.limit))
    #expect(
      try failure([mapEvent, compressedRows(images)])?.cause == .eventTooLarge(size: images.count, limit: Self.limit))
  }

  @Test func aCompressedStatement() throws {
    let head: [UInt8] = [UInt8](repeating: 0, count: 8) + [0, 0, 0, 0, 0, 0]
    #expect(try failure([BinlogEvents.event(165, head + compressed(Self.limit))]) == nil)
    let error = try failure([BinlogEvents.event(165, head + compressed(Self.limit * 64))])
    #expect(error?.cause == .eventTooLarge(size: Self.limit * 64, limit: Self.limit))
  }

  @Test func anEventInAPayload() throws {
    let field = { (type: UInt8, number: UInt64) in [type] + BinlogEvents.lenenc(BinlogEvents.lenenc(number)) }
    let inner = BinlogEvents.event(2, [UInt8](repeating: 0, count: Self.limit))
    let body = field(2, 255) + field(1, UInt64(inner.count)) + [0] + inner
    let error = try #require(try failure([BinlogEvents.event(40, body)]))
    #expect(error.cause == .eventTooLarge(size: inner.count, limit: Self.limit))
    #expect(error.eventType == .query)
  }

  // MARK: Table maps

  @Test func aTableOfTooManyColumns() throws {
    var map = TableMapBytes()
    map.columns = Array(repeating: (type: 1, metadata: []), count: 4096)
    #expect(try failure([BinlogEvents.event(19, map.body)]) == nil)
    map.columns = Array(repeating: (type: 1, metadata: []), count: 65_536)
    let error = try failure([BinlogEvents.event(19, map.body)])
    #expect(error?.description.contains("too large column count") == true)
  }

  @Test func aTableMapOfTooManyBytes() throws {
    var map = map
    map.fields = [(200, [UInt8](repeating: 0, count: 16 << 20))]
    let error = try failure([BinlogEvents.event(19, map.body)])
    #expect(error?.description.contains("too large TABLE_MAP") == true)
  }

  /// A statement that never ends, and maps table after table.
  @Test func tooManyTableMaps() throws {
    var map = map
    map.fields = [(200, [UInt8](repeating: 0, count: 8 << 20))]
    var events: [[UInt8]] = []
    for id in 0..<33 {
      map.tableID = UInt64(id)
      events.append(BinlogEvents.event(19, map.body))
    }
    #expect(try failure(Array(events.prefix(31))) == nil)
    #expect(try failure(events)?.description.contains("too large TABLE_MAP events of a statement") == true)
  }

  /// The same maps in one statement each.
  @Test func tableMapsOfStatementsThatEnd() throws {
    var map = map
    map.fields = [(200, [UInt8](repeating: 0, count: 8 << 20))]
    var events: [[UInt8]] = []
    for id in 0..<33 {
      map.tableID = UInt64(id)
      events += [BinlogEvents.event(19, map.body), BinlogEvents.event(30, map.rows(present: [1], column([0, 1])))]
    }
    #expect(try failure(events) == nil)
  }
}
