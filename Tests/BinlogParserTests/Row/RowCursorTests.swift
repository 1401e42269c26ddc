import BinlogParser
import Bytes
import TestSupport
import Testing

@Suite struct RowCursorTests {
  /// The images of the rows of `type` in `body`, of the table `map`.
  private func rows(_ map: TableMapBytes, _ type: UInt8, _ body: [UInt8]) throws(BinlogError) -> [ReplayedRow] {
    var replay = EventReplay()
    try replay.take(BinlogEvents.event(15, BinlogEvents.formatDescription(), flags: 0x20))
    try replay.take(BinlogEvents.event(19, map.body))
    return try replay.take(BinlogEvents.event(type, body))
  }

  private func json(_ image: ReplayedRow.Image?) -> String? { image.map { String(decoding: $0.json, as: UTF8.self) } }

  /// A bitmap of `bits`, the first in the least significant bit.
  private func bitmap(_ bits: [Bool]) -> [UInt8] {
    stride(from: 0, to: bits.count, by: 8).map { start in
      bits[start..<min(start + 8, bits.count)].enumerated().reduce(0) { $0 | ($1.element ? 1 << $1.offset : 0) }
    }
  }

  /// An image of TINYINT columns of which some are absent: its bytes, and its JSON.
  private func image(_ present: [Bool], _ generator: inout SeededGenerator) -> (bytes: [UInt8], json: String) {
    var nulls: [Bool] = []
    var values: [UInt8] = []
    var members: [String] = []
    for (index, isPresent) in present.enumerated() where isPresent {
      let isNull = Bool.random(using: &generator)
      nulls.append(isNull)
      let value = Int8.random(in: .min ... .max, using: &generator)
      if !isNull { values.append(UInt8(bitPattern: value)) }
      members.append("\"c\(index)\":" + (isNull ? "null" : "\(value)"))
    }
    return (bitmap(nulls) + values, "{" + members.joined(separator: ",") + "}")
  }

  /// The NULL bitmap has a bit for each column that is present, not for each column.
  @Test(arguments: UInt64(1)...60)
  func anyColumnsCanBeAbsent(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let count = Int.random(in: 1...40, using: &generator)
    let map = TableMapBytes(columns: .init(repeating: (1, []), count: count))
    var before = (0..<count).map { _ in Bool.random(using: &generator) }
    let after = (0..<count).map { _ in Bool.random(using: &generator) }
    before[0] = true
    var bytes: [UInt8] = []
    var expected: [[String?]] = []
    for _ in 0..<Int.random(in: 1...5, using: &generator) {
      let images = (image(before, &generator), image(after, &generator))
      bytes += images.0.bytes + images.1.bytes
      expected.append([images.0.json, images.1.json])
    }
    let body = map.rows(present: bitmap(before) + bitmap(after), bytes)
    let actual = try rows(map, EventType.updateRows.rawValue, body).map { [json($0.before), json($0.after)] }
    #expect(actual == expected)
  }

  /// MySQL 9.7.4 logs INSERT INTO t () VALUES () with binlog_row_image = MINIMAL as an image without columns and bytes.
  @Test func anImageWithoutColumnsIsOneRow() throws {
    let map = TableMapBytes(columns: [(3, []), (3, [])])
    let inserted = try rows(map, EventType.writeRows.rawValue, map.rows(present: [0], []))
    #expect(inserted.map { json($0.after) } == ["{}"])
    #expect(inserted.first?.after?.text.isEmpty == true)
    let deleted = try rows(map, EventType.deleteRows.rawValue, map.rows(present: [0], []))
    #expect(deleted.map { json($0.before) } == ["{}"])
    let updated = try rows(map, EventType.updateRows.rawValue, map.rows(present: [0, 0], []))
    #expect(updated.map { [json($0.before), json($0.after)] } == [["{}", "{}"]])
  }

  @Test func anEventWithColumnsAndWithoutBytesHasNoRows() throws {
    let map = TableMapBytes(columns: [(3, [])])
    #expect(try rows(map, EventType.writeRows.rawValue, map.rows(present: [1], [])).isEmpty)
  }

  /// Such an event would never come to an end.
  @Test(arguments: [EventType.writeRows, .updateRows, .deleteRows])
  func bytesThatNoColumnUsesAreAnError(_ type: EventType) {
    let map = TableMapBytes(columns: [(3, [])])
    let present: [UInt8] = type == .updateRows ? [0, 0] : [0]
    #expect(throws: BinlogError.self) { try rows(map, type.rawValue, map.rows(present: present, [1, 2, 3])) }
  }

  @Test func versionsZeroAndOneHaveNoExtraInfo() throws {
    let map = TableMapBytes(columns: [(1, [])])
    let head: [UInt8] = [7, 0, 0, 0, 0, 0, 1, 0, 1]
    let old = try rows(map, 21, head + [1] + [0, 5, 0, 6])
    let new = try rows(map, 24, head + [1, 1] + [0, 5, 0, 6])
    for row in [old, new] { #expect(row.map { [json($0.before), json($0.after)] } == [[#"{"c0":5}"#, #"{"c0":6}"#]]) }
  }
}
