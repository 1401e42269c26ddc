import Bytes
import ParquetWriter
import TestSupport
import Testing

/// Columns of typed tables: booleans, floats, decimals, dates, lists and deeper nesting.
@Suite struct TypedColumnTests {
  /// Where nulls stand among rows.
  enum Nulls: CaseIterable {
    case none, atTheStart, inTheMiddle, atTheEnd, everywhere

    func isNull(_ row: Int, of count: Int) -> Bool {
      switch self {
      case .none: false
      case .atTheStart: row < 9
      case .inTheMiddle: row > count / 2 && row < count / 2 + 9
      case .atTheEnd: row >= count - 9
      case .everywhere: true
      }
    }
  }

  @Test(arguments: Nulls.allCases, [1, 8, 20, 1000]) func valuesAndNulls(_ nulls: Nulls, rows: Int) throws {
    func cells(_ make: (Int) -> Cell) -> [Cell] {
      (0..<rows).map { nulls.isNull($0, of: rows) ? .null : make($0) }
    }
    let decimals = (0..<rows).map { row -> Int128? in
      let sign: Int128 = row % 3 == 0 ? -1 : 1
      return nulls.isNull(row, of: rows) ? nil : sign * Int128(row) << Int128(row % 100)
    }
    let batch = TestBatch(
      BooleanCells(cells: cells { .boolean($0 % 3 == 0) }),
      FloatCells(cells: cells { .float(Float($0 - 7).bitPattern) }), DecimalCells(decimals),
      Int32Cells(cells: cells { .int32(Int32($0) - 5) }), Int64Cells(cells: cells { .int64(Int64($0) - 5) }))
    let columns = [
      ColumnDescriptor("b", .boolean, .optional), ColumnDescriptor("f", .float, .optional),
      ColumnDescriptor(
        "d", .fixedLenByteArray(length: 16), .optional, logicalType: .decimal(precision: 38, scale: 2)),
      ColumnDescriptor("day", .int32, .optional, logicalType: .date),
      ColumnDescriptor("n", .int64, .optional, logicalType: .decimal(precision: 18, scale: 4)),
    ]
    for pageSize in [24, 1 << 20] {
      let file = try roundTrip(columns, [batch, batch], .test(pageSize: pageSize))
      for (column, written) in batch.columns.enumerated() {
        #expect(try file.cells(rowGroup: 1, column: column) == written.cells, "column \(column)")
      }
    }
  }

  @Test func schemaElementsOfTypes() throws {
    let columns = [
      ColumnDescriptor(
        "d", .fixedLenByteArray(length: 16), .optional, logicalType: .decimal(precision: 38, scale: 2), fieldID: 7),
      ColumnDescriptor("day", .int32, .optional, logicalType: .date, fieldID: 0),
      ColumnDescriptor("t", .int64, .optional, logicalType: .localMicroseconds),
      ColumnDescriptor("b", .boolean, .optional),
    ]
    let elements = try #require(try roundTrip(columns, []).footer[2]?.list)
    let decimal = ThriftValue.structure([5: .structure([1: .integer(2), 2: .integer(38)])])
    #expect(
      elements[1]
        == .structure([
          1: .integer(7), 2: .integer(16), 3: .integer(1), 4: .binary(Array("d".utf8)), 6: .integer(5), 7: .integer(2),
          8: .integer(38), 9: .integer(7), 10: decimal,
        ]))
    #expect(elements[2][6]?.integer == 6 && elements[2][9]?.integer == 0)
    #expect(elements[2][10] == .structure([6: .structure([:])]))
    #expect(elements[3][6] == nil && elements[3][9] == nil)
    #expect(elements[3][10] == .structure([8: .structure([1: .boolean(false), 2: .structure([2: .structure([:])])])]))
    #expect(elements[4][1]?.integer == 0 && elements[4][10] == nil)
  }

  @Test func boundsOfTypes() throws {
    let decimals: [Int128?] = [nil, 5, -3, .max, .min, 0]
    let written = DecimalCells(decimals)
    let batch = TestBatch(
      written, BooleanCells(cells: [.boolean(false), .boolean(false), .null, .null, .null, .null]),
      FloatCells(cells: [.null, .float(0), .float(Float.nan.bitPattern), .null, .null, .null]),
      DecimalCells(cells: written.cells))
    let columns = [
      ColumnDescriptor(
        "d", .fixedLenByteArray(length: 16), .optional, logicalType: .decimal(precision: 38, scale: 0)),
      ColumnDescriptor("b", .boolean, .optional), ColumnDescriptor("f", .float, .optional),
      ColumnDescriptor("raw", .fixedLenByteArray(length: 16), .optional),
    ]
    let file = try roundTrip(columns, [batch])
    func bounds(_ column: Int) throws -> [[UInt8]?] {
      let statistics = try #require(try file.metaData(rowGroup: 0, column: column)[12])
      return [statistics[6]?.binary, statistics[5]?.binary]
    }
    func cell(_ row: Int) -> [UInt8]? { if case .bytes(let bytes) = written.cells[row] { bytes } else { nil } }
    #expect(try bounds(0) == [cell(4), cell(3)])
    #expect(try bounds(1) == [[0], [0]])
    #expect(try bounds(2) == [[0, 0, 0, 0x80], [0, 0, 0, 0]])
    #expect(try bounds(3) == [cell(5), cell(2)])
  }

  @Test(arguments: [40, 1 << 20]) func listsWithNullAndEmptyOnes(pageSize: Int) throws {
    let some: [[Float]?] = [nil, [], [1, 2, 3], [], [], nil, nil, [4], [5], [6, 7], []]
    let many = (0..<400).map { row -> [Float]? in row % 7 == 0 ? nil : (0..<row % 5).map { Float($0 + row) } }
    for lists in [some, many, [nil], [[]], [[1]], [[Float](repeating: 1, count: 3000)]] {
      let batch = TestBatch(ListCells(lists: lists, pageSize: pageSize))
      let schema = Schema(nodes: [ListColumn<Float>.node("v", element: ColumnDescriptor("element", .float, .required))])
      let file = try roundTrip(schema, [batch, batch], .test(pageSize: pageSize))
      #expect(try file.leaves()[0].path == ["v", "list", "element"])
      for group in 0..<2 {
        let written = ListCells(lists: lists).entries
        #expect(try file.entries(rowGroup: group, column: 0) == written)
      }
      #expect(file.rowCount == 2 * lists.count)
    }
  }

  /// `optional group add { optional binary path; optional map<string, string> tags; optional list<string> names }`.
  @Test func mapsAndListsBelowAnOptionalGroup() throws {
    let text = ColumnDescriptor("value", .byteArray, .optional, logicalType: .string)
    let key = ColumnDescriptor("key", .byteArray, .required, logicalType: .string)
    let element = ColumnDescriptor("element", .byteArray, .optional, logicalType: .string, encoding: .rleDictionary)
    let children: [SchemaNode] = [
      .column(ColumnDescriptor("path", .byteArray, .required, logicalType: .string, fieldID: 4)),
      .map("tags", .optional, fieldID: 5, key: key, value: .column(text)),
      .list("names", .optional, element: .column(element)),
    ]
    let schema = Schema(nodes: [.group(SchemaGroup("add", .optional, children, fieldID: 3))])
    let file = try roundTrip(schema, [TestBatch(rowCount: 3, columns: [AddCells()])])
    let paths = [["add", "path"], ["add", "tags", "key_value", "key"], ["add", "tags", "key_value", "value"]]
    #expect(try file.leaves().map(\.path) == paths + [["add", "names", "list", "element"]])
    #expect(try file.leaves().map(\.maxDefinition) == [1, 3, 4, 4])
    for column in 0..<4 {
      #expect(try file.entries(rowGroup: 0, column: column) == AddCells.entries[column], "column \(column)")
    }
    let elements = try #require(file.footer[2]?.list)
    #expect(elements[1][9]?.integer == 3 && elements[1][5]?.integer == 3 && elements[1][10] == nil)
    #expect(elements[3][6]?.integer == 1 && elements[3][10] == .structure([2: .structure([:])]))
    #expect(elements[7][6]?.integer == 3 && elements[7][10] == .structure([3: .structure([:])]))
  }
}

/// Three rows of `add`: one with all, one without, one with empty and null ones.
private struct AddCells: TestColumn {
  let cells: [Cell] = []

  private static func entry(_ repetition: Int, _ definition: Int, _ text: String? = nil) -> Entry {
    Entry(repetition: repetition, definition: definition, cell: text.map { .bytes(Array($0.utf8)) } ?? .null)
  }

  static let entries = [
    [entry(0, 1, "a"), entry(0, 0), entry(0, 1, "b")],
    [entry(0, 3, "k"), entry(1, 3, "l"), entry(0, 0), entry(0, 2)],
    [entry(0, 4, "v"), entry(1, 3), entry(0, 0), entry(0, 2)],
    [entry(0, 4, "x"), entry(1, 3), entry(1, 4, "x"), entry(0, 0), entry(0, 1)],
  ]

  func append(to receiver: inout ColumnReceiver) throws(ParquetError) {
    for (index, entries) in Self.entries.enumerated() {
      let repeated = index == 0 ? 0 : 1
      let optional = [1, 2, 3, 3][index]
      var column = NestedColumn(ByteArrayColumn(), optional: optional, repeated: repeated)
      for entry in entries {
        column.appendEntries(EntryLevels(repetition: entry.repetition, definition: entry.definition))
        guard case .bytes(let bytes) = entry.cell else { continue }
        try column.values.append(OutputBuffer(copying: bytes[...]).bytes)
      }
      try receiver.append(column)
    }
  }
}
