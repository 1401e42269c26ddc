import Bytes
import Foundation
import ParquetWriter
import Platform
import TestSupport
import Testing

@Suite struct ParquetFileWriterTests {
  private static let number = ColumnDescriptor("n", .int64, .required, encoding: .deltaBinaryPacked)
  private static let text = ColumnDescriptor("t", .byteArray, .optional, logicalType: .string, bounds: .none)
  private static let name = ColumnDescriptor("d", .byteArray, .optional, logicalType: .string, encoding: .rleDictionary)

  @Test func aFileWithoutRows() throws {
    let file = try roundTrip([Self.number], [TestBatch(Int64Cells([]))])
    #expect(file.rowGroups == [])
    #expect(file.rowCount == 0)
    #expect(file.footer[1]?.integer == 2)
    #expect(file.footer[6]?.string == "test version 1.2.3 (build 0)")
    #expect(file.footer[7]?.list == [.structure([1: .structure([:])])])
  }

  @Test func schemaElements() throws {
    let unsigned = ColumnDescriptor("u", .int32, .required, logicalType: .integer(.bits32, signed: false))
    let file = try roundTrip([unsigned, Self.text], [])
    let elements = try #require(file.footer[2]?.list)
    #expect(elements[0] == .structure([4: .binary(Array("schema".utf8)), 5: .integer(2)]))
    #expect(elements[1][6]?.integer == 13)
    #expect(elements[1][10] == .structure([10: .structure([1: .integer(32), 2: .boolean(false)])]))
    #expect(elements[1][3]?.integer == 0)
    #expect(elements[2][6]?.integer == 0)
    #expect(elements[2][10] == .structure([1: .structure([:])]))
    #expect(elements[2][3]?.integer == 1)
  }

  @Test(arguments: [Compression.none, .gzip(level: 6), .zstd(level: 3)])
  func everyBuilderInSeveralRowGroups(compression: Compression) throws {
    let columns = [
      Self.number, Self.text, Self.name, ColumnDescriptor("f", .double, .optional),
      ColumnDescriptor("i", .int32, .optional, encoding: .rleDictionary),
    ]
    let batches = (0..<3).map { group in
      let rows = 0..<(100 + group)
      return TestBatch(
        Int64Cells(rows.map { Int64($0 * $0) }),
        ByteArrayCells(cells: rows.map { $0 % 3 == 0 ? .null : .bytes(Array("row \($0)".utf8)) }),
        DictionaryCells(cells: rows.map { $0 % 5 == 0 ? .null : .bytes(Array("name \($0 % 7)".utf8)) }),
        DoubleCells(cells: rows.map { $0 % 2 == 0 ? .null : .double(Double($0).bitPattern) }),
        Int32Cells(cells: rows.map { $0 % 11 == 0 ? .null : .int32(Int32($0 / 10)) }))
    }
    let file = try roundTrip(columns, batches, .test(compression))
    #expect(file.rowCount == 303)
    for (group, batch) in batches.enumerated() {
      for (column, written) in batch.columns.enumerated() {
        #expect(try file.cells(rowGroup: group, column: column) == written.cells)
      }
      #expect(try file.metaData(rowGroup: group, column: 0)[2]?.list == [.integer(5)])
      #expect(try file.metaData(rowGroup: group, column: 1)[2]?.list == [.integer(3), .integer(0)])
      #expect(try file.metaData(rowGroup: group, column: 2)[2]?.list == [.integer(3), .integer(0), .integer(8)])
    }
    let statistics = try #require(try file.metaData(rowGroup: 2, column: 2)[12])
    #expect(statistics[3]?.integer == 21)
    #expect(statistics[5]?.string == "name 6")
    #expect(statistics[6]?.string == "name 0")
    #expect(statistics[7]?.boolean == true && statistics[8]?.boolean == true)
    #expect(try file.metaData(rowGroup: 2, column: 1)[12] == .structure([3: .integer(34)]))
  }

  @Test(arguments: [1, 2, 1000]) func allNullAndAllEqual(rows: Int) throws {
    let nulls = [Cell](repeating: .null, count: rows)
    let equal = [Cell](repeating: .bytes(Array("x".utf8)), count: rows)
    let batch = TestBatch(
      ByteArrayCells(cells: nulls), DictionaryCells(cells: nulls), DictionaryCells(cells: equal),
      Int64Cells(cells: nulls), Int32Cells(cells: [Cell](repeating: .int32(-1), count: rows)))
    let number = ColumnDescriptor("n", .int64, .optional, encoding: .deltaBinaryPacked)
    let repeated = ColumnDescriptor("i", .int32, .required, encoding: .rleDictionary)
    let file = try roundTrip([Self.text, Self.name, Self.name, number, repeated], [batch])
    for (column, written) in batch.columns.enumerated() {
      #expect(try file.cells(rowGroup: 0, column: column) == written.cells)
    }
    for column in [0, 1, 3] {
      let statistics = try #require(try file.metaData(rowGroup: 0, column: column)[12])
      #expect(statistics == .structure([3: .integer(Int64(rows))]))
    }
  }

  @Test func pagesEndWithTheValueThatFillsThem() throws {
    // Ten values of 4 + 6 bytes in pages of 30 bytes: three pages of three and one of one.
    let values = (0..<10).map { Cell.bytes(Array("value\($0)".utf8)) }
    let cells = values.flatMap { [$0, .null] }
    let file = try roundTrip(
      [Self.text], [TestBatch(ByteArrayCells(cells: cells, pageSize: 30))], .test(pageSize: 30))
    let counts = try file.pages(rowGroup: 0, column: 0).map { $0.header[5]?[1]?.integer }
    #expect(counts == [3, 4, 4, 4, 5])
    #expect(try file.cells(rowGroup: 0, column: 0) == cells)
  }

  @Test func aColumnThatExactlyFillsItsPagesHasNoEmptyOne() throws {
    let cells = (0..<6).map { Cell.bytes(Array("value\($0)".utf8)) }
    let file = try roundTrip(
      [Self.text], [TestBatch(ByteArrayCells(cells: cells, pageSize: 30))], .test(pageSize: 30))
    #expect(try file.pages(rowGroup: 0, column: 0).count == 6)
    let numbers = TestBatch(Int64Cells(Array(0..<20)))
    let plain = ColumnDescriptor("n", .int64, .required)
    let file2 = try roundTrip([plain], [numbers], .test(pageSize: 80))
    #expect(try file2.pages(rowGroup: 0, column: 0).count == 2)
    #expect(try file2.cells(rowGroup: 0, column: 0) == numbers.columns[0].cells)
  }

  @Test(arguments: [Compression.none, .gzip(level: 1), .zstd(level: 1)])
  func valuesBeyondAPage(compression: Compression) throws {
    var random = SeededGenerator(seed: 3)
    let cells: [Cell] = [
      .bytes([1]), .bytes([UInt8](repeating: 0x61, count: 3_000_000)), .null, .bytes(random.bytes(1_200_000)),
      .bytes([]),
    ]
    let file = try roundTrip([Self.text], [TestBatch(ByteArrayCells(cells: cells))], .test(compression))
    #expect(try file.pages(rowGroup: 0, column: 0).count == 3)
    #expect(try file.cells(rowGroup: 0, column: 0) == cells)
  }

  @Test func aDictionaryThatIsTooLargeFallsBackToPlain() throws {
    let cells = (0...DictionaryColumn.entryLimit).map { Cell.bytes(Array("\($0)".utf8)) }
    let file = try roundTrip([Self.name], [TestBatch(DictionaryCells(cells: cells))])
    #expect(try file.metaData(rowGroup: 0, column: 0)[2]?.list == [.integer(3), .integer(0)])
    #expect(try file.metaData(rowGroup: 0, column: 0)[11] == nil)
    #expect(try file.cells(rowGroup: 0, column: 0) == cells)
    var properties = WriterProperties.test(pageSize: 100)
    properties.dictionaryPageSizeLimit = 20
    let few = (0..<50).map { Cell.bytes(Array("\($0)".utf8)) }
    let file2 = try roundTrip([Self.name], [TestBatch(DictionaryCells(cells: few))], properties)
    #expect(try file2.metaData(rowGroup: 0, column: 0)[11] == nil)
    #expect(try file2.cells(rowGroup: 0, column: 0) == few)
  }

  @Test func numbersThatHardlyRepeatHaveNoDictionary() throws {
    let column = ColumnDescriptor("n", .int64, .required, encoding: .rleDictionary)
    for (divisor, encodings) in [(1, [0]), (10, [0, 8])] {
      let batch = TestBatch(Int64Cells((0..<1000).map { Int64($0 / divisor) &* 0x1_0000_0001 }))
      let file = try roundTrip([column], [batch])
      #expect(try file.metaData(rowGroup: 0, column: 0)[2]?.list == encodings.map { .integer(Int64($0)) })
      #expect(try file.cells(rowGroup: 0, column: 0) == batch.columns[0].cells)
    }
  }

  private func output(_ folder: TemporaryFolder) throws -> any OutputFile {
    try OutputFolder(folder.path + "/out").createFile("x.parquet")
  }

  private func writer(_ output: any OutputFile) throws -> ParquetFileWriter {
    try ParquetFileWriter(
      output, schema: Schema([Self.number, Self.text]), application: WriterProperties.test().application)
  }

  @Test func aBatchThatDoesNotFitEndsTheFile() throws {
    let numbers = Int64Cells([1, 2])
    let one = ByteArrayCells(cells: [.null])
    let two = ByteArrayCells(cells: [.null, .null])
    let wrong: [TestBatch] = [
      TestBatch(numbers), TestBatch(numbers, one), TestBatch(two, numbers), TestBatch(numbers, two, two),
      TestBatch(Int64Cells(cells: [.null, .int64(1)]), two),
    ]
    var encoder = try RowGroupEncoder(properties: .test())
    for batch in wrong {
      let folder = try TemporaryFolder()
      let writer = try writer(output(folder))
      #expect(throws: ParquetError.self) { try writer.writeRowGroup(batch, &encoder) }
      #expect(throws: ParquetError.notOpen(path: writer.path)) {
        try writer.writeRowGroup(TestBatch(numbers, two), &encoder)
      }
      #expect(folder.names(in: "out") == [] && folder.names(in: "") == ["out"])
    }
    // The encoder serves the next file.
    let folder = try TemporaryFolder()
    let writer = try writer(output(folder))
    try writer.writeRowGroup(TestBatch(numbers, two), &encoder)
    #expect(try writer.complete().rows == 2)
  }

  @Test func aFileThatIsCompleteTakesNothingMore() throws {
    let folder = try TemporaryFolder()
    let output = try output(folder)
    let writer = try writer(output)
    var encoder = try RowGroupEncoder(properties: .test())
    let batch = TestBatch(Int64Cells([1, 2]), ByteArrayCells(cells: [.null, .null]))
    try writer.writeRowGroup(batch, &encoder)
    let summary = try writer.complete()
    #expect(folder.names(in: "out") == [])
    try output.publish()
    #expect(summary.rows == 2 && summary.rowGroups == 1)
    #expect(try FileReader(path: folder.path + "/out/x.parquet").bytes.count == summary.bytes)
    #expect(throws: ParquetError.notOpen(path: writer.path)) { try writer.writeRowGroup(batch, &encoder) }
    #expect(throws: ParquetError.notOpen(path: writer.path)) { _ = try writer.complete() }
  }

  @Test func keyValueMetadata() throws {
    let folder = try TemporaryFolder()
    let output = try OutputFolder(folder.path).createFile("x")
    let writer = try ParquetFileWriter(
      output, schema: Schema([Self.number]), application: WriterProperties.test().application)
    _ = try writer.complete(keyValueMetadata: [KeyValue("a", "1"), KeyValue("é", "")])
    try output.publish()
    let entries = try FileReader(path: folder.path + "/x").footer[5]?.list
    #expect(entries?.map { $0[1]?.string } == ["a", "é"])
    #expect(entries?.map { $0[2]?.string } == ["1", ""])
  }

  @Test(arguments: UInt64(0)..<30) func randomFiles(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let rows = Int.random(in: 1...600, using: &random)
    let nulls = [0, 1, 50, 100].randomElement(using: &random) ?? 0
    func cells(_ make: (inout SeededGenerator) -> Cell) -> [Cell] {
      (0..<rows).map { _ in Int.random(in: 0..<100, using: &random) < nulls ? .null : make(&random) }
    }
    let range: Int64 = ([1, 10, .max] as [Int64]).randomElement(using: &random) ?? 1
    let encoding = [ColumnEncoding.plain, .rleDictionary, .deltaBinaryPacked].randomElement(using: &random) ?? .plain
    let batch = TestBatch(
      Int64Cells(cells: cells { .int64(.random(in: -range...range, using: &$0)) }),
      Int32Cells(cells: cells { .int32(Int32(truncatingIfNeeded: Int64.random(in: 0...range, using: &$0))) }),
      DoubleCells(cells: cells { .double($0.next()) }),
      ByteArrayCells(cells: cells { .bytes($0.bytes(Int.random(in: 0..<300, using: &$0))) }, pageSize: 500),
      DictionaryCells(cells: cells { .bytes($0.bytes(Int.random(in: 0..<2, using: &$0))) }))
    let columns = [
      ColumnDescriptor("a", .int64, .optional, encoding: encoding),
      ColumnDescriptor("b", .int32, .optional, encoding: encoding),
      ColumnDescriptor("c", .double, .optional, encoding: encoding), Self.text,
      ColumnDescriptor("e", .byteArray, .optional, encoding: encoding),
    ]
    let compression = [Compression.none, .gzip(level: 6), .zstd(level: 3)].randomElement(using: &random) ?? .none
    let file = try roundTrip(columns, [batch, batch], .test(compression, pageSize: 500))
    for (column, written) in batch.columns.enumerated() {
      #expect(try file.cells(rowGroup: 1, column: column) == written.cells, "seed \(seed) column \(column)")
    }
  }
}
