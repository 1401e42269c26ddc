import Bytes
import ParquetWriter
import Pipeline
import Platform
import Testing

/// Statistics of files in Delta logs.
@Suite struct DeltaStatisticsTests {
  /// A batch of one column of numbers.
  private struct Numbers: RowBatch, ~Copyable {
    let values: [Int64?]
    var rowCount: Int { values.count }
    var byteCount: Int { values.count * 8 }

    func appendColumns(to receiver: inout ColumnReceiver) throws(ParquetError) {
      var column = Int64Column(capacity: values.count)
      for value in values { if let value { column.append(value) } else { column.appendNull() } }
      try receiver.append(column)
    }
  }

  private static func text(_ type: LogicalType?, _ groups: [[Int64?]]) throws -> String {
    let properties = WriterProperties(application: ApplicationVersion(application: "t", version: "1", build: "b"))
    let schema = Schema([ColumnDescriptor("c", .int64, .optional, logicalType: type)])
    let store = MemoryStore()
    let writer = try ParquetFileWriter(store.createFile("f"), schema: schema, application: properties.application)
    var encoder = try RowGroupEncoder(properties: properties)
    for group in groups { try writer.writeRowGroup(Numbers(values: group), &encoder) }
    let summary = try writer.complete()
    return DeltaStatistics(rows: summary.rows, summary.columns).text
  }

  @Test(arguments: [
    (nil, [[3, nil], [-1, 7]], "-1", "7", 1),
    (LogicalType.decimal(precision: 18, scale: 2), [[5, -5], [12345, 0]], "-0.05", "123.45", 0),
    (.decimal(precision: 18, scale: 0), [[-99]], "-99", "-99", 0),
    (.utcMicroseconds, [[0, -1]], "\"1969-12-31T23:59:59.999999Z\"", "\"1970-01-01T00:00:00.000000Z\"", 0),
    (
      .localMicroseconds, [[951_782_400_000_000]], "\"2000-02-29T00:00:00.000000\"", "\"2000-02-29T00:00:00.000000\"", 0
    ),
  ])
  func bounds(_ type: LogicalType?, _ groups: [[Int64?]], _ min: String, _ max: String, _ nulls: Int) throws {
    let rows = groups.flatMap(\.self).count
    let text = try Self.text(type, groups)
    #expect(
      text
        == "{\"numRecords\":\(rows),\"minValues\":{\"c\":\(min)},\"maxValues\":{\"c\":\(max)},\"nullCount\":{\"c\":\(nulls)}}"
    )
  }

  /// A column of nulls has no bounds, and neither has a moment that readers' calendars do not have.
  @Test(arguments: [
    (nil, [[nil, nil]]), (LogicalType.utcMicroseconds, [[Int64.max]]),
    (.localMicroseconds, [[-62_135_596_800_000_001]]),
  ])
  func noBounds(_ type: LogicalType?, _ groups: [[Int64?]]) throws {
    #expect(try Self.text(type, groups).contains("\"minValues\":{},\"maxValues\":{}"))
  }
}
