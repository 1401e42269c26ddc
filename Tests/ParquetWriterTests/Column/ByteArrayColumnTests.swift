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

  /// Two workers that compress them, or four, have the same to do.
  @Test(arguments: [(1, 1), (630, 1), (631, 8), (2_000, 8), (5_041, 8), (5_042, 16), (12_000, 24)])
  func pagesAreOfOneSize(valueCount: Int, pageCount: Int) throws {
    let (pageSize, valueSize) = (64 << 10, 104)
    var column = ByteArrayColumn(pageSize: pageSize)
    let value = [UInt8](repeating: 7, count: valueSize - 4)
    for index in 0..<valueCount {
      if index.isMultiple(of: 9) { column.appendNull() }
      try column.append(value.span.bytes)
    }
    let pages = column.plan(for: ColumnDescriptor("t", .byteArray, .optional), properties: .test()).pages
    #expect(pages.count == pageCount)
    #expect(pages.first?.rows.lowerBound == 0 && pages.last?.rows.upperBound == column.rowCount)
    #expect(pages.first?.bytes.lowerBound == 0 && pages.last?.bytes.upperBound == column.byteCount)
    for (page, next) in zip(pages, pages.dropFirst()) {
      #expect(page.rows.upperBound == next.rows.lowerBound && page.values.upperBound == next.values.lowerBound)
      #expect(page.bytes.upperBound == next.bytes.lowerBound)
    }
    let even = column.byteCount / pageCount
    let section = pageSize / 32 + valueSize
    for page in pages {
      #expect(page.bytes.count <= pageSize + section)
      #expect(page.bytes.count <= even + section && page.bytes.count >= even - pageCount * section)
    }
  }

  @Test func aLargeValueEndsItsPage() throws {
    var column = ByteArrayColumn(pageSize: 1000)
    for size in [10, 90_000, 10, 10, 50_000] { try column.append([UInt8](repeating: 7, count: size).span.bytes) }
    let pages = column.plan(for: ColumnDescriptor("t", .byteArray, .optional), properties: .test()).pages
    #expect(pages.map(\.rows) == [0..<2, 2..<5])
  }
}
