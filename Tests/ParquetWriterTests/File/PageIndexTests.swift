import Bytes
import ParquetWriter
import TestSupport
import Testing

/// Column index, offset index and bloom filters.
@Suite struct PageIndexTests {
  private static var properties: WriterProperties {
    var properties = WriterProperties.test(pageSize: 80)
    properties.hasPageIndex = true
    return properties
  }

  private func file(_ column: ColumnDescriptor, _ cells: any TestColumn) throws -> FileReader {
    let file = try roundTrip([column], [TestBatch(cells), TestBatch(cells)], Self.properties)
    #expect(try file.cells(rowGroup: 1, column: 0) == cells.cells)
    for group in 0..<2 { try checkLocations(file, group) }
    return file
  }

  private func checkLocations(_ file: FileReader, _ group: Int) throws {
    let locations = try #require(try file.pageIndex(4, rowGroup: group, column: 0)?[1]?.list)
    let pages = try file.pages(rowGroup: group, column: 0).filter { $0.header[5] != nil }
    #expect(locations.map { $0[1]?.integer } == pages.map(\.offset))
    #expect(locations.map { $0[2]?.integer } == pages.map(\.size))
    let counts = pages.map { $0.header[5]?[1]?.integer ?? 0 }
    #expect(locations.map { $0[3]?.integer } == counts.indices.map { counts[..<$0].reduce(0, +) })
  }

  private static let number = ColumnDescriptor("n", .int64, .optional)

  private static let cases: [([Int64?], Int)] = [
    ((0..<40).map { $0 < 10 || $0 == 35 ? nil : $0 - 20 }, 1), ((0..<40).map { 20 - $0 }, 2),
    ((0..<40).map { $0 * 7 % 31 }, 0), ([Int64?](repeating: nil, count: 40), 1), ([5], 1),
  ]

  @Test(arguments: cases)
  func boundsAndOrderOfPages(_ values: [Int64?], order: Int) throws {
    let file = try file(Self.number, Int64Cells(cells: values.map { $0.map { .int64($0) } ?? .null }))
    for group in 0..<2 {
      let index = try #require(try file.pageIndex(6, rowGroup: group, column: 0))
      let pages = stride(from: 0, to: values.count, by: 10).map { values[$0..<min($0 + 10, values.count)] }
      #expect(index[1]?.list == pages.map { .boolean($0.allSatisfy { $0 == nil }) })
      #expect(index[2]?.list?.map(\.binary) == pages.map { bytes($0.compactMap { $0 }.min()) })
      #expect(index[3]?.list?.map(\.binary) == pages.map { bytes($0.compactMap { $0 }.max()) })
      #expect(index[4]?.integer == order)
      #expect(index[5]?.list?.map(\.integer) == pages.map { $0.count { $0 == nil } })
    }
  }

  private func bytes(_ value: Int64?) -> [UInt8]? {
    guard let value else { return [] }
    return (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * Int64($0))) }
  }

  @Test func aColumnWithoutBoundsHasOnlyPlaces() throws {
    let plain = ColumnDescriptor("n", .int64, .optional, bounds: .none)
    #expect(try file(plain, Int64Cells(Array(0..<40))).pageIndex(6, rowGroup: 0, column: 0) == nil)
    let float = ColumnDescriptor("f", .float, .required)
    let nan = Float.nan.bitPattern
    let cells = FloatCells(cells: [.float(nan)] + [Cell](repeating: .null, count: 0))
    #expect(try file(float, cells).pageIndex(6, rowGroup: 0, column: 0) == nil)
  }

  @Test func theOrderIsThatOfTheType() throws {
    let decimal = ColumnDescriptor(
      "d", .fixedLenByteArray(length: 16), .required, logicalType: .decimal(precision: 38, scale: 0))
    let decimals = DecimalCells((0..<20).map { Int128($0 - 10) << 70 })
    #expect(try file(decimal, decimals).pageIndex(6, rowGroup: 0, column: 0)?[4]?.integer == 1)
    let floats = FloatCells(cells: (0..<60).map { .float(Float(30 - $0).bitPattern) })
    let float = ColumnDescriptor("f", .float, .required)
    #expect(try file(float, floats).pageIndex(6, rowGroup: 0, column: 0)?[4]?.integer == 2)
    let text = ColumnDescriptor("t", .byteArray, .required, logicalType: .string, encoding: .rleDictionary)
    let texts = ByteArrayCells(cells: (0..<100).map { .bytes([UInt8(0x61 + $0 / 20)]) }, pageSize: 80)
    #expect(try file(text, texts).pageIndex(6, rowGroup: 1, column: 0)?[4]?.integer == 1)
  }

  private static func text(_ texts: [String]) -> any TestColumn {
    ByteArrayCells(cells: texts.map { .bytes(Array($0.utf8)) }, pageSize: 80)
  }

  private static let long = String(repeating: "é", count: 40)
  private static let chunks: [(ColumnDescriptor, any TestColumn)] = [
    (number, Int64Cells(cells: (0..<40).map { $0 < 20 ? .null : .int64($0 * 7 % 31 - 9) })),
    (
      ColumnDescriptor("n", .int64, .optional, logicalType: .integer(.bits64, signed: false)),
      Int64Cells((0..<40).map { $0 * 7 % 31 - 9 })
    ),
    (
      ColumnDescriptor("f", .double, .optional),
      DoubleCells(cells: [.double(Double.nan.bitPattern)] + (0..<30).map { .double((Double($0) * -0.0).bitPattern) })
    ),
    (
      ColumnDescriptor("f", .float, .optional),
      FloatCells(cells: (0..<60).map { .float($0 < 20 ? Float.nan.bitPattern : Float($0).bitPattern) })
    ),
    (
      ColumnDescriptor("d", .fixedLenByteArray(length: 16), .optional, logicalType: .decimal(precision: 38, scale: 0)),
      DecimalCells((0..<40).map { Int128($0 * 7 % 31 - 9) << 70 })
    ),
    (
      ColumnDescriptor("t", .byteArray, .optional, logicalType: .string, bounds: .truncated),
      text([long + "b", "zz", long + "a", "a", "y", long, "x"])
    ),
    (ColumnDescriptor("t", .byteArray, .optional, logicalType: .string), text(["a", long + long, "b", "zz", "c"])),
    (ColumnDescriptor("t", .byteArray, .optional, bounds: .none), text(["a", "b"])),
  ]

  @Test(arguments: chunks.indices) func boundsOfAChunkAreTheSameWithAPageIndex(_ index: Int) throws {
    let (column, cells) = Self.chunks[index]
    var properties = Self.properties
    properties.boundSizeLimit = 20
    let indexed = try roundTrip([column], [TestBatch(cells)], properties)
    properties.hasPageIndex = false
    let plain = try roundTrip([column], [TestBatch(cells)], properties)
    #expect(try indexed.metaData(rowGroup: 0, column: 0)[12] == plain.metaData(rowGroup: 0, column: 0)[12])
  }

  @Test func aFilterHasAPowerOfTwoOfBytes() throws {
    var column = ColumnDescriptor("n", .int64, .optional)
    column.hasBloomFilter = true
    for (rows, size) in [(1, 32), (100, 128), (1000, 2048)] {
      let file = try roundTrip([column], [TestBatch(Int64Cells((0..<Int64(rows)).map { $0 }))])
      let metaData = try file.metaData(rowGroup: 0, column: 0)
      let start = try #require(metaData[14]?.integer)
      let length = try #require(metaData[15]?.integer)
      let header = try file.structure(at: start..<start + length - size)
      #expect(header[1]?.integer == size)
      let first = ThriftValue.structure([1: .structure([:])])
      #expect([header[2], header[3], header[4]] == [first, first, first])
      // Each value sets a bit in each word of its block; a thousand leave hardly a block of 64 empty.
      let blocks = stride(from: start + length - size, to: start + length, by: 32)
      let used = blocks.count { file.bytes[$0..<$0 + 32].contains { $0 != 0 } }
      #expect(used >= min(rows, size / 32) * 9 / 10, "\(rows) values in \(used) blocks")
    }
  }
}
