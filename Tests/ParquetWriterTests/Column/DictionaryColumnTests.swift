import Bytes
import ParquetWriter
import Testing

private func append(_ text: String, to column: inout DictionaryColumn) throws {
  let buffer = OutputBuffer(copying: Array(text.utf8)[...])
  try column.append(buffer.bytes)
}

@Suite struct DictionaryColumnTests {
  private let descriptor = ColumnDescriptor("d", .byteArray, .optional, encoding: .rleDictionary)

  @Test func eachValueIsStoredOnce() throws {
    var column = DictionaryColumn()
    for text in ["b", "a", "b", "", "b"] { try append(text, to: &column) }
    column.appendNull()
    let plan = column.plan(for: descriptor, properties: .test())
    #expect(plan.dictionary?.entries == [1, 0, 0, 0, 0x62, 1, 0, 0, 0, 0x61, 0, 0, 0, 0])
    #expect(plan.dictionary?.indices == [0, 1, 0, 2, 0])
    #expect(column.bounds(of: plan.pages[0], for: descriptor, properties: .test()) == .init(min: [], max: [0x62]))
    #expect(plan.pages.map(\.rows) == [0..<6])
    #expect(plan.pages.map(\.values) == [0..<5])
  }

  @Test func anEntryWithoutRowsDoesNotCount() throws {
    var column = DictionaryColumn()
    try append("b", to: &column)
    let unused = OutputBuffer(copying: [0xFF])
    #expect(try column.index(of: unused.bytes) == 1)
    let page = column.plan(for: descriptor, properties: .test()).pages[0]
    #expect(column.bounds(of: page, for: descriptor, properties: .test()) == .init(min: [0x62], max: [0x62]))
  }

  @Test func indicesOfOneBatchAreForgottenWithIt() throws {
    var column = DictionaryColumn()
    try append("a", to: &column)
    column.removeAll()
    try append("b", to: &column)
    #expect(column.rowCount == 1)
    #expect(column.plan(for: descriptor, properties: .test()).dictionary?.entries == [1, 0, 0, 0, 0x62])
  }
}
