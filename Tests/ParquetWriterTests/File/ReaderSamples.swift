import Bytes
import Foundation
import ParquetWriter
import Platform
import TestSupport
import Testing

/// A file of every kind of column, for the readers of Tests/Integration/test_parquet_types.py, which knows its values.
@Suite struct ReaderSamples {
  private static let folder = ProcessInfo.processInfo.environment["MBC_PARQUET_SAMPLES"]
  private static let rows = 3000
  private static let columns: [SchemaNode] = {
    var key = ColumnDescriptor("id", .int64, .required, encoding: .smallest, fieldID: 1)
    key.hasBloomFilter = true
    var text = ColumnDescriptor(
      "text", .byteArray, .optional, logicalType: .string, encoding: .smallest, bounds: .truncated, fieldID: 2)
    text.hasBloomFilter = true
    let decimal = LogicalType.decimal(precision: 38, scale: 2)
    let flat = [
      key, text, ColumnDescriptor("flag", .boolean, .optional), ColumnDescriptor("single", .float, .optional),
      ColumnDescriptor("double", .double, .optional, encoding: .smallest),
      ColumnDescriptor("money", .int64, .optional, logicalType: .decimal(precision: 18, scale: 2), encoding: .smallest),
      ColumnDescriptor("wide", .fixedLenByteArray(length: 16), .optional, logicalType: decimal, encoding: .smallest),
      ColumnDescriptor("day", .int32, .optional, logicalType: .date, encoding: .smallest),
      ColumnDescriptor("local", .int64, .optional, logicalType: .localMicroseconds, encoding: .smallest),
      ColumnDescriptor("nothing", .byteArray, .optional, logicalType: .string, encoding: .smallest),
    ]
    let element = ColumnDescriptor("element", .float, .required)
    return flat.map { .column($0) } + [ListColumn<Float>.node("vector", element: element)]
  }()

  private static func batch(from first: Int) -> TestBatch {
    func cells(_ make: (Int) -> Cell) -> [Cell] {
      (first..<first + rows).map { $0 % 7 == 3 || $0 - first < 5 || $0 - first > rows - 5 ? .null : make($0) }
    }
    let decimals = cells { .int64(Int64($0)) }.map { cell -> Int128? in
      guard case .int64(let row) = cell else { return nil }
      return row == 5 ? -99_999_999_999_999_999_999_999_999_999_999_999_999 : Int128(row - 1500) * (1 << 80)
    }
    let lists = cells { .int64(Int64($0)) }.map { cell -> [Float]? in
      guard case .int64(let row) = cell else { return nil }
      return (0..<row % 4).map { Float(row + Int64($0)) }
    }
    return TestBatch(
      rowCount: rows,
      columns: [
        Int64Cells((first..<first + rows).map { Int64($0) }),
        ByteArrayCells(cells: cells { .bytes(Array(text($0).utf8)) }, pageSize: 4000),
        BooleanCells(cells: cells { .boolean($0 % 3 == 0) }),
        FloatCells(cells: cells { .float((Float($0) / 4).bitPattern) }),
        DoubleCells(cells: cells { .double((Double($0 % 9) / 8).bitPattern) }),
        Int64Cells(cells: cells { .int64(Int64($0 * 7 - 5000)) }), DecimalCells(decimals),
        Int32Cells(cells: cells { .int32(Int32($0 - 800)) }),
        Int64Cells(cells: cells { .int64(Int64($0) * 1_000_001 - 7) }),
        ByteArrayCells(cells: [Cell](repeating: .null, count: rows)), ListCells(lists: lists, pageSize: 4000),
      ])
  }

  /// Few values first, which have a dictionary, and then too many.
  private static func text(_ row: Int) -> String {
    row % rows < 1500 ? "value \(row % 10)" : "é😀 \(row) " + String(repeating: "ü", count: 40)
  }

  @Test(.enabled(if: folder != nil), arguments: [Compression.none, .gzip(level: 3), .zstd(level: 2)])
  func write(_ compression: Compression) throws {
    let name = ["none", "gzip", "zstd"][Int(compression.code)]
    var properties = WriterProperties.test(compression, pageSize: 4000)
    properties.dictionaryPageSizeLimit = 30_000
    properties.boundSizeLimit = 64
    properties.hasPageIndex = true
    let output = try OutputFolder(try #require(Self.folder)).createFile("\(name).parquet")
    let writer = try ParquetFileWriter(
      output, schema: Schema(nodes: Self.columns), application: properties.application)
    var encoder = try RowGroupEncoder(properties: properties)
    for first in [0, Self.rows] { try writer.writeRowGroup(Self.batch(from: first), &encoder) }
    _ = try writer.complete()
    try output.publish()
  }
}

extension Compression {
  /// Place among the codecs.
  fileprivate var code: Int32 {
    switch self {
    case .none: 0
    case .gzip: 1
    case .zstd: 2
    }
  }
}
