import Bytes
import Foundation
import ParquetWriter
import Platform
import TestSupport
import Testing

/// The encoder's processor time for columns like the reference workload's, for Benchmarks/encoder.py, which has pyarrow write the
/// same rows.
@Suite(.serialized) struct EncoderBenchmark {
  private static let folder = ProcessInfo.processInfo.environment["MBC_ENCODER_BENCHMARK"]
  private static let rows = 650_000
  private static let rowGroupRows = 122_880

  @Test(.enabled(if: folder != nil), arguments: ["none", "zstd"]) func write(_ codec: String) throws {
    var properties = WriterProperties.test(codec == "none" ? .none : .zstd(level: 2))
    properties.hasPageIndex = true
    properties.threadCount = 1
    let output = try OutputFolder(try #require(Self.folder)).createFile("\(codec).parquet")
    let writer = try ParquetFileWriter(
      output, schema: Schema(OrderRows.columns), application: properties.application)
    var encoder = try RowGroupEncoder(properties: properties)
    var seconds = 0.0
    for first in stride(from: 0, to: Self.rows, by: Self.rowGroupRows) {
      let batch = try OrderRows(first..<min(first + Self.rowGroupRows, Self.rows))
      let start = Self.userSeconds()
      try writer.writeRowGroup(batch, &encoder)
      seconds += Self.userSeconds() - start
    }
    _ = try writer.complete()
    try output.publish()
    let text = String(format: "%.3f\n", seconds)
    try text.write(toFile: "\(Self.folder ?? "")/\(codec).seconds", atomically: true, encoding: .utf8)
  }

  private static func userSeconds() -> Double {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
  }
}

/// Rows of orders: numbers that count up and that repeat, a decimal, times, short strings and random ones.
private struct OrderRows: ~Copyable, RowBatch {
  let rowCount: Int
  private var integers: [Int64Box] = []
  private var discount = DoubleColumn()
  private var texts: [TextBox] = []

  var byteCount: Int { rowCount * 300 }

  static let columns: [ColumnDescriptor] = {
    func integer(_ name: String, _ type: LogicalType? = nil) -> ColumnDescriptor {
      ColumnDescriptor(name, .int64, .optional, logicalType: type, encoding: .smallest)
    }
    let texts = ["op", "status", "tags", "note", "payload"].map {
      ColumnDescriptor($0, .byteArray, .optional, logicalType: .string, encoding: .smallest, bounds: .truncated)
    }
    return [
      integer("seq"), integer("time", .utcMicroseconds), integer("row"), integer("id"), integer("customer_id"),
      integer("amount", .decimal(precision: 18, scale: 2)), integer("created_at", .localMicroseconds),
      integer("updated_at", .utcMicroseconds), integer("flags"),
      ColumnDescriptor("discount", .double, .optional, encoding: .smallest),
    ] + texts
  }()

  init(_ rows: Range<Int>) throws {
    rowCount = rows.count
    let numbers: [(Int) -> Int] = [
      { (1 << 40) + $0 * 221 }, { _ in 1_700_000_000_000_000 }, { $0 % 40 }, { $0 }, { $0 * 7919 % 100_003 },
      { $0 * 37 % 1_000_000 }, { 1_704_067_200_123_456 + $0 * 1_000_000 }, { 1_717_200_000_123_000 + $0 * 1_000_000 },
      { $0 % 256 },
    ]
    for number in numbers {
      let box = Int64Box(Int64Column(capacity: rows.count))
      for row in rows { box.column.append(Int64(number(row))) }
      integers.append(box)
    }
    for row in rows { if row % 5 == 0 { discount.appendNull() } else { discount.append(Double(row) / 7) } }
    var random = SeededGenerator(seed: UInt64(rows.lowerBound) + 1)
    let sku = rows.map { _ in String(random.next(), radix: 16) + String(random.next(), radix: 16) }
    let strings: [(Int) -> String] = [
      { $0 % 5 == 0 ? "u" : "c" }, { ["new", "paid", "shipped", "cancelled"][$0 % 4] },
      { ["", "a", "b", "a,b"][$0 % 4] },
      { "order note \($0) \(sku[$0 - rows.lowerBound])" },
      { "{\"qty\": \($0 % 10), \"sku\": \"\(sku[$0 - rows.lowerBound])\", \"price\": \(Double($0) / 3)}" },
    ]
    for string in strings {
      let box = TextBox(ByteArrayColumn())
      for row in rows { try box.column.append(OutputBuffer(utf8: string(row)).bytes) }
      texts.append(box)
    }
  }

  func appendColumns(to receiver: inout ColumnReceiver) throws(ParquetError) {
    for box in integers { try receiver.append(box.column) }
    try receiver.append(discount)
    for box in texts { try receiver.append(box.column) }
  }
}

/// A column among others.
private final class Int64Box: @unchecked Sendable {
  var column: Int64Column
  init(_ column: consuming Int64Column) { self.column = column }
}

/// A column among others.
private final class TextBox: @unchecked Sendable {
  var column: ByteArrayColumn
  init(_ column: consuming ByteArrayColumn) { self.column = column }
}
