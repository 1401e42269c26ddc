import Bytes
import Foundation
import ParquetWriter
import Platform
import TestSupport
import Testing

/// Files for the readers of Tests/Integration/test_parquet_types.py, which knows their values.
@Suite struct ReaderSamples {
  private static let folder = ProcessInfo.processInfo.environment["MBC_PARQUET_SAMPLES"]

  /// Every kind of column, in two row groups of many pages.
  @Test(.enabled(if: folder != nil), arguments: ["none", "gzip", "zstd"])
  func everyType(_ codec: String) throws {
    let compression: Compression = codec == "none" ? .none : codec == "gzip" ? .gzip(level: 3) : .zstd(level: 2)
    var properties = WriterProperties.test(compression, pageSize: 4000)
    properties.dictionaryPageSizeLimit = 30_000
    properties.boundSizeLimit = 64
    properties.hasPageIndex = true
    let batches = [0, TypedRows.count].map { TypedRows(first: Int64($0)).batch }
    try write(codec, Schema(nodes: TypedRows.columns), batches, properties)
  }

  /// Text that repeats in some row groups only: `mostly`, first in one that is null, then in one that repeats; `seldom`, in the
  /// last one.
  @Test(.enabled(if: folder != nil)) func rowGroupsThatDiffer() throws {
    func texts(_ repeats: Bool) -> ByteArrayCells {
      ByteArrayCells(
        cells: (0..<1000).map { $0 % 9 == 0 ? .null : .bytes(Array("text \(repeats ? $0 % 5 : $0)".utf8)) },
        pageSize: 1000)
    }
    let nulls = ByteArrayCells(cells: [Cell](repeating: .null, count: 1000))
    let numbers = { (repeats: Bool) in
      Int64Cells(cells: (0..<1000).map { $0 % 9 == 0 ? .null : .int64((repeats ? $0 % 5 : $0) &* 0x1234_5678_9ABC) })
    }
    let batches = [
      TestBatch(nulls, texts(false), numbers(true)), TestBatch(texts(true), texts(false), numbers(false)),
      TestBatch(texts(false), texts(true), numbers(true)), TestBatch(nulls, nulls, numbers(false)),
    ]
    let columns = ["mostly", "seldom"].map {
      ColumnDescriptor($0, .byteArray, .optional, logicalType: .string, encoding: .smallest)
    }
    let number = ColumnDescriptor("number", .int64, .optional, encoding: .smallest)
    var properties = WriterProperties.test(.zstd(level: 2), pageSize: 1000)
    properties.dictionaryPageSizeLimit = 4000
    try write("row-groups", Schema(columns + [number]), batches, properties)
  }

  /// A struct, maps and lists of lists, as files of data lakes have them.
  @Test(.enabled(if: folder != nil)) func nested() throws {
    let batch = TestBatch(rowCount: 4, columns: [NestedCells()])
    try write("nested", Schema(nodes: NestedCells.columns), [batch, batch], .test(.zstd(level: 2)))
  }

  private func write(
    _ name: String, _ schema: Schema, _ batches: [TestBatch], _ properties: WriterProperties
  ) throws {
    let output = try OutputFolder(try #require(Self.folder)).createFile("\(name).parquet")
    let writer = try ParquetFileWriter(output, schema: schema, application: properties.application)
    var encoder = try RowGroupEncoder(properties: properties)
    for batch in batches { try writer.writeRowGroup(batch, &encoder) }
    _ = try writer.complete()
    try output.publish()
  }
}

/// Rows with every kind of column: nulls, ten special values, and values that are computed from the number of the row.
private struct TypedRows {
  static let count = 3000
  let first: Int64

  static let columns: [SchemaNode] = {
    var key = ColumnDescriptor("id", .int64, .required, encoding: .smallest, fieldID: 1)
    key.hasBloomFilter = true
    var text = ColumnDescriptor(
      "text", .byteArray, .optional, logicalType: .string, encoding: .smallest, bounds: .truncated, fieldID: 2)
    text.hasBloomFilter = true
    func column(_ name: String, _ type: PhysicalType, _ logicalType: LogicalType? = nil) -> ColumnDescriptor {
      ColumnDescriptor(name, type, .optional, logicalType: logicalType, encoding: .smallest)
    }
    let flat = [
      key, text, column("flag", .boolean), column("single", .float), column("double", .double),
      column("number", .int64), column("money", .int64, .decimal(precision: 18, scale: 2)),
      column("wide", .fixedLenByteArray(length: 16), .decimal(precision: 38, scale: 2)),
      column("big", .fixedLenByteArray(length: 16), .decimal(precision: 20, scale: 0)),
      column("day", .int32, .date), column("local", .int64, .localMicroseconds),
      column("utc", .int64, .utcMicroseconds), column("blob", .byteArray), column("nothing", .byteArray, .string),
    ]
    let element = ColumnDescriptor("element", .float, .required)
    return flat.map { .column($0) } + [ListColumn<Float>.node("vector", element: element)]
  }()

  var batch: TestBatch {
    let rows = first..<first + Int64(Self.count)
    func cells(_ special: [Cell], _ value: (Int64) -> Cell) -> [Cell] {
      rows.map { row in
        let place = Int(row - first)
        if (10..<20).contains(place) { return special[(place - 10) % special.count] }
        return row % 7 == 3 || place < 5 || place > Self.count - 5 ? .null : value(row)
      }
    }
    func integers(_ special: [Int64], _ value: (Int64) -> Int64) -> any TestColumn {
      Int64Cells(cells: cells(special.map { .int64($0) }) { .int64(value($0)) })
    }
    func decimals(_ special: [Int128], _ value: (Int64) -> Int128) -> any TestColumn {
      let written = DecimalCells(special).cells
      return DecimalCells(cells: cells(written) { DecimalCells([value($0)]).cells[0] })
    }
    func bytes(_ special: [[UInt8]], _ value: (Int64) -> [UInt8]) -> any TestColumn {
      ByteArrayCells(cells: cells(special.map { .bytes($0) }) { .bytes(value($0)) }, pageSize: 4000)
    }
    let floats: [Float] = [
      -0.0, 0, .nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude,
      1.5, -1.5,
    ]
    let doubles: [Double] = [
      -0.0, 0, .nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude,
      1.5, -1.5,
    ]
    let largest: Int128 = 99_999_999_999_999_999_999_999_999_999_999_999_999
    let moments = [0, -1, 1, -62_135_596_800_000_000, 253_402_300_799_999_999]
    return TestBatch(
      rowCount: Self.count,
      columns: [
        Int64Cells(rows.map { $0 }),
        bytes(Self.texts.map { Array($0.utf8) }) { Array(text($0).utf8) },
        BooleanCells(cells: cells([.boolean(true), .boolean(false)]) { .boolean($0 % 3 == 0) }),
        FloatCells(cells: cells(floats.map { .float($0.bitPattern) }) { .float((Float($0) / 4).bitPattern) }),
        DoubleCells(cells: cells(doubles.map { .double($0.bitPattern) }) { .double((Double($0 % 9) / 8).bitPattern) }),
        integers([.min, .max, 0, -1]) { $0 * 3 - 4000 },
        integers([0, -1, 1, 999_999_999_999_999_999, -999_999_999_999_999_999]) { $0 * 7 - 5000 },
        decimals([0, -1, 1, largest, -largest]) { Int128($0 - 1500) << 80 },
        decimals([0, 1, Int128(UInt64.max), 1 << 63, 9]) { Int128($0) << 40 },
        Int32Cells(
          cells: cells([0, -1, 1, -719_162, 2_932_896].map { .int32($0) }) { .int32(Int32($0 - 800)) }),
        integers(moments.map { Int64($0) }) { $0 * 1_000_001 - 7 },
        integers(moments.map { Int64($0) }) { $0 * 1_000_003 + 7 },
        bytes([[], [0], [UInt8](repeating: 0xFF, count: 100), [0x80]], blob),
        ByteArrayCells(cells: [Cell](repeating: .null, count: Self.count)),
        vectors,
      ])
  }

  /// Few values first, and then too many for the dictionary.
  private func blob(_ row: Int64) -> [UInt8] {
    row - first < 1500
      ? [UInt8](repeating: UInt8(0x80 + row % 10), count: 3)
      : (0..<40).map { UInt8(truncatingIfNeeded: row >> (8 * ($0 % 4))) }
  }

  private static let texts = [
    "", "\0", String(repeating: "z", count: 200), String(repeating: "\u{10FFFF}", count: 10), "日本", "NaN", "'", "\"\\",
    "😀", " ",
  ]

  /// Few values first, and then many.
  private func text(_ row: Int64) -> String {
    row - first < 1500 ? "value \(row % 10)" : "é😀 \(row) " + String(repeating: "ü", count: 40)
  }

  private var vectors: ListCells {
    let special: [[Float]?] = [
      [], [-0.0], [.nan], [.infinity, -.infinity], nil, [Float](repeating: 0.5, count: 700), [],
      [.leastNonzeroMagnitude],
    ]
    let lists = (0..<Self.count).map { place -> [Float]? in
      if (10..<20).contains(place) { return special[(place - 10) % special.count] }
      let row = first + Int64(place)
      guard row % 7 != 3, place >= 5, place <= Self.count - 5 else { return nil }
      return (0..<row % 4).map { Float(row + $0) }
    }
    return ListCells(lists: lists, pageSize: 4000)
  }
}

/// Four rows of a struct with a map and a list of lists of numbers: full, null, empty, and with nulls within.
private struct NestedCells: TestColumn {
  let cells: [Cell] = []

  static let columns: [SchemaNode] = {
    let key = ColumnDescriptor("key", .byteArray, .required, logicalType: .string)
    let value = ColumnDescriptor("value", .byteArray, .optional, logicalType: .string)
    let number = ColumnDescriptor("element", .int64, .optional)
    let children: [SchemaNode] = [
      .column(ColumnDescriptor("path", .byteArray, .required, logicalType: .string)),
      .map("tags", .optional, key: key, value: .column(value)),
      .list("grid", .optional, element: .list("element", .optional, element: .column(number))),
    ]
    return [.group(SchemaGroup("add", .optional, children))]
  }()

  func append(to receiver: inout ColumnReceiver) throws(ParquetError) {
    func texts(_ optional: Int, _ repeated: Int, _ entries: [(Int, Int, String?)]) throws(ParquetError) {
      var column = NestedColumn(ByteArrayColumn(), optional: optional, repeated: repeated)
      for (repetition, definition, text) in entries {
        column.appendEntries(EntryLevels(repetition: repetition, definition: definition))
        if let text { try column.values.append(OutputBuffer(utf8: text).bytes) }
      }
      try receiver.append(column)
    }
    try texts(1, 0, [(0, 1, "a"), (0, 0, nil), (0, 1, "b"), (0, 1, "c")])
    try texts(2, 1, [(0, 3, "k"), (1, 3, "l"), (0, 0, nil), (0, 2, nil), (0, 1, nil)])
    try texts(3, 1, [(0, 4, "v"), (1, 3, nil), (0, 0, nil), (0, 2, nil), (0, 1, nil)])
    // [[1, 2], null, [], [null, 3]], then nothing, [], and null.
    var grid = NestedColumn(Int64Column(), optional: 4, repeated: 2)
    let entries: [(Int, Int, Int64?)] = [
      (0, 6, 1), (2, 6, 2), (1, 3, nil), (1, 4, nil), (1, 5, nil), (2, 6, 3), (0, 0, nil), (0, 2, nil), (0, 1, nil),
    ]
    for (repetition, definition, number) in entries {
      grid.appendEntries(EntryLevels(repetition: repetition, definition: definition))
      if let number { grid.values.append(number) }
    }
    try receiver.append(grid)
  }
}
