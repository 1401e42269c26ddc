import Foundation
import ParquetWriter
import Platform
import TestSupport
import Testing

/// Pages that several threads compress: the same file as one thread makes, with every page in its place.
@Suite struct RowGroupEncoderTests {
  private static let columns = [
    ColumnDescriptor("text", .byteArray, .optional, logicalType: .string),
    ColumnDescriptor("name", .byteArray, .optional, encoding: .rleDictionary),
    ColumnDescriptor("number", .int64, .required, encoding: .deltaBinaryPacked),
    ColumnDescriptor("kind", .int32, .optional, encoding: .rleDictionary),
  ]

  /// Rows whose columns have from one page to hundreds; those of `text` differ in size and in how they compress.
  private func batch(rows: Int, pageSize: Int, _ random: inout SeededGenerator) -> TestBatch {
    let texts = (0..<rows).map { row -> Cell in
      switch row % 3 {
      case 0: .bytes(random.bytes(Int.random(in: 0..<400, using: &random)))
      case 1: .bytes([UInt8](repeating: UInt8(row & 0x7F), count: row % 500))
      default: .null
      }
    }
    let names = (0..<rows).map { Cell.bytes(Array("name \($0 % 40)".utf8)) }
    return TestBatch(
      ByteArrayCells(cells: texts, pageSize: pageSize), DictionaryCells(cells: names),
      Int64Cells((0..<rows).map { Int64($0) * 1001 }), Int32Cells(cells: (0..<rows).map { .int32(Int32($0 / 50)) }))
  }

  @Test(arguments: [Compression.none, .gzip(level: 3), .zstd(level: 2)], [500, 20_000, 1 << 20])
  func theFileIsTheSameWhateverTheNumberOfThreads(_ compression: Compression, _ pageSize: Int) throws {
    var random = SeededGenerator(seed: 5)
    let batches = [3000, 1, 700, 2500].map { batch(rows: $0, pageSize: pageSize, &random) }
    var properties = WriterProperties.test(compression, pageSize: pageSize)
    properties.threadCount = 1
    let alone = try roundTrip(Self.columns, batches, properties)
    for (group, batch) in batches.enumerated() {
      for (column, written) in batch.columns.enumerated() {
        #expect(try alone.cells(rowGroup: group, column: column) == written.cells)
      }
    }
    for threadCount in [0, 2, 3, 4, 9] {
      properties.threadCount = threadCount
      #expect(try roundTrip(Self.columns, batches, properties).bytes == alone.bytes, "\(threadCount) threads")
    }
  }

  /// Writers on several threads, each with threads of its own, as many as there are cores or more.
  @Test func writersDoNotDisturbEachOther() async throws {
    @Sendable func write() throws -> [UInt8] {
      var random = SeededGenerator(seed: 6)
      let batches = (0..<2).map { _ in batch(rows: 2000, pageSize: 2000, &random) }
      var properties = WriterProperties.test(.gzip(level: 1), pageSize: 2000)
      properties.threadCount = 4
      return try roundTrip(Self.columns, batches, properties).bytes
    }
    let expected = try write()
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<8 { group.addTask { try write() } }
      for try await bytes in group { #expect(bytes == expected) }
    }
  }

  @Test func aWriterThatIsGivenUpLeavesNothing() throws {
    var random = SeededGenerator(seed: 7)
    let folder = try TemporaryFolder()
    let batch = batch(rows: 2000, pageSize: 2000, &random)
    var properties = WriterProperties.test(.gzip(level: 1), pageSize: 2000)
    properties.threadCount = 4
    let output = try OutputFolder(folder.path + "/out").createFile("x.parquet")
    let writer = try ParquetFileWriter(output, schema: Schema(Self.columns), application: properties.application)
    var encoder = try RowGroupEncoder(properties: properties)
    try writer.writeRowGroup(batch, &encoder)
    output.abandon()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/out").isEmpty)
  }
}
