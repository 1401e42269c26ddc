import Bytes
import ParquetWriter
import Testing

@Suite struct ByteArrayColumnTests {
  @Test func valuesAreRenderedInPlace() throws {
    var column = ByteArrayColumn()
    column.beginValue()
    column.values.append("ab")
    try column.endValue()
    column.appendNull()
    column.beginValue()
    try column.endValue()
    #expect(column.values.array == [2, 0, 0, 0, 0x61, 0x62, 0, 0, 0, 0])
    #expect(column.rowCount == 3)
    #expect(column.byteCount == 10)
  }

  @Test func aCancelledValueLeavesNoTrace() throws {
    var column = ByteArrayColumn()
    column.beginValue()
    column.values.append("ab")
    column.cancelValue()
    #expect(column.rowCount == 0)
    #expect(column.byteCount == 0)
  }

  @Test func aColumnServesManyBatches() throws {
    let descriptor = ColumnDescriptor("t", .byteArray, .optional)
    var column = ByteArrayColumn(pageSize: 8)
    var plans: [[PageRange]] = []
    for _ in 0..<2 {
      for text in ["abcd", "efgh", "i"] as [StaticString] {
        column.beginValue()
        column.values.append(text)
        try column.endValue()
      }
      plans.append(column.plan(for: descriptor, properties: .test()).pages)
      column.removeAll(shrinkingTo: 64)
      #expect(column.rowCount == 0)
    }
    #expect(plans[0] == plans[1])
    #expect(plans[0].map(\.rows) == [0..<1, 1..<2, 2..<3])
    #expect(plans[0].map(\.bytes) == [0..<8, 8..<16, 16..<21])
    #expect(column.values.capacity == 64)
  }
}
