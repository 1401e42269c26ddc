import Bytes
import ParquetWriter
import TestSupport
import Testing

/// Encodings that are chosen by their sizes.
@Suite struct ChosenEncodingTests {
  private func text(_ index: Int) -> Cell { .bytes(Array("value \(index)".utf8)) }

  private func dataEncodings(_ file: FileReader, rowGroup: Int = 0) throws -> [Int?] {
    try file.pages(rowGroup: rowGroup, column: 0).filter { $0.header[5] != nil }.map { $0.header[5]?[2]?.integer }
  }

  private func check(
    _ column: ColumnDescriptor, _ cells: any TestColumn, pageSize: Int = 1 << 20, dictionaryLimit: Int = 1 << 20
  ) throws -> [Int?] {
    var properties = WriterProperties.test(pageSize: pageSize)
    properties.dictionaryPageSizeLimit = dictionaryLimit
    let file = try roundTrip([column], [TestBatch(cells)], properties)
    #expect(try file.cells(rowGroup: 0, column: 0) == cells.cells)
    return try dataEncodings(file)
  }

  private static let text = ColumnDescriptor("t", .byteArray, .optional, logicalType: .string, encoding: .smallest)
  private static let binary = ColumnDescriptor("b", .byteArray, .optional, encoding: .smallest)
  private static let number = ColumnDescriptor("n", .int64, .optional, encoding: .smallest)

  @Test func textsThatRepeatHaveADictionary() throws {
    for distinct in [1, 2, 300, 5000] {
      let cells = (0..<20_000).map { $0 % 11 == 0 ? .null : text($0 % distinct) }
      #expect(try Set(check(Self.text, ByteArrayCells(cells: cells))) == [8], "\(distinct)")
    }
  }

  @Test(arguments: [1, 100, 8192, 20_000]) func textsThatDoNotRepeatHaveNone(rows: Int) throws {
    #expect(try check(Self.text, ByteArrayCells(cells: (0..<rows).map { text($0) })) == [0])
  }

  @Test func aColumnOfNullsHasNoDictionary() throws {
    #expect(try check(Self.text, ByteArrayCells(cells: [Cell](repeating: .null, count: 9))) == [0])
  }

  @Test func aDictionaryThatGrowsTooLargeInTheMiddleServesThePagesBefore() throws {
    let cells = (0..<9000).map { row in row < 5000 ? text(row % 10) : text(row) }
    let encodings = try check(
      Self.binary, ByteArrayCells(cells: cells, pageSize: 10_000), pageSize: 10_000, dictionaryLimit: 5000)
    let firstPlain = try #require(encodings.firstIndex(of: 0))
    #expect(firstPlain > 2 && firstPlain < encodings.count - 2)
    #expect(encodings == encodings.indices.map { $0 < firstPlain ? 8 : 0 })
  }

  @Test func textWhoseDictionaryGrowsTooLargeHasNone() throws {
    let cells = (0..<9000).map { row in row < 5000 ? text(row % 10) : text(row) }
    let written = ByteArrayCells(cells: cells, pageSize: 10_000)
    #expect(try Set(check(Self.text, written, pageSize: 10_000, dictionaryLimit: 5000)) == [0])
  }

  @Test(arguments: [true, false], [true, false])
  func theFirstRowGroupWithTextSettlesTheDictionaryOfAll(repeats: Bool, isKeptAsDictionary: Bool) throws {
    func column(_ cells: [Cell]) -> any TestColumn {
      isKeptAsDictionary ? DictionaryCells(cells: cells) : ByteArrayCells(cells: cells, pageSize: 1000)
    }
    let few = (0..<400).map { text($0 % 3) }
    let many = (0..<400).map { text($0) }
    let groups = [[Cell](repeating: .null, count: 5), repeats ? few : many, repeats ? many : few].map { column($0) }
    var properties = WriterProperties.test(pageSize: 1000)
    properties.dictionaryPageSizeLimit = 2000
    let file = try roundTrip([Self.text], groups.map { TestBatch($0) }, properties)
    for (index, group) in groups.enumerated() {
      #expect(try file.cells(rowGroup: index, column: 0) == group.cells)
      let encoding = repeats && index > 0 ? 8 : 0
      #expect(try Set(dataEncodings(file, rowGroup: index)) == [encoding], "row group \(index)")
    }
  }

  @Test func decimalsThatRepeatHaveADictionary() throws {
    let type = LogicalType.decimal(precision: 38, scale: 0)
    let column = ColumnDescriptor(
      "d", .fixedLenByteArray(length: 16), .optional, logicalType: type, encoding: .smallest)
    #expect(try check(column, DecimalCells((0..<2000).map { Int128($0 % 50) << 90 })) == [8])
    #expect(try check(column, DecimalCells((0..<2000).map { Int128($0) << 90 })) == [0])
  }

  @Test func numbersTakeWhatIsSmallest() throws {
    var random = SeededGenerator(seed: 8)
    let few = (0..<3000).map { _ in Int64.random(in: 0..<16, using: &random) << 50 }
    let near = (0..<3000).map { Int64($0) * 1000 + .random(in: 0..<9, using: &random) }
    let wild = (0..<30_000).map { _ in Int64.random(in: .min ... .max, using: &random) }
    let customers = (0..<100_000).map { _ in Int64.random(in: 0..<5000, using: &random) << 40 }
    for (values, encoding) in [(few, 8), (near, 5), (wild, 0), (customers, 8), ([Int64](repeating: 7, count: 500), 5)] {
      #expect(try check(Self.number, Int64Cells(values)) == [encoding])
    }
  }

  @Test func numbersWithNullsTakeDifferencesWhereEachPageHasAValue() throws {
    func cells(nulls: Range<Int>) -> Int64Cells {
      Int64Cells(cells: (0..<1000).map { nulls.contains($0) ? .null : .int64(Int64($0)) })
    }
    #expect(try Set(check(Self.number, cells(nulls: 100..<150), pageSize: 800)) == [5])
    #expect(try !check(Self.number, cells(nulls: 100..<350), pageSize: 800).contains(5))
  }

  @Test func floatsThatRepeatHaveADictionary() throws {
    let column = ColumnDescriptor("f", .float, .required, encoding: .smallest)
    #expect(try check(column, FloatCells(cells: (0..<900).map { .float(Float($0 % 9).bitPattern) })) == [8])
    #expect(try check(column, FloatCells(cells: (0..<900).map { .float(Float($0).bitPattern) })) == [0])
  }
}
