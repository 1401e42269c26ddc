import Bytes
import Foundation
import ParquetWriter
import Platform
import TestSupport

/// A batch of any columns, for the tests.
struct TestBatch: RowBatch {
  let rowCount: Int
  /// Enough for several threads.
  let byteCount = 1 << 20
  let columns: [any TestColumn]

  init(_ columns: any TestColumn...) {
    rowCount = columns.first?.cells.count ?? 0
    self.columns = columns
  }

  init(rowCount: Int, columns: [any TestColumn]) {
    self.rowCount = rowCount
    self.columns = columns
  }

  func appendColumns(to receiver: inout ColumnReceiver) throws(ParquetError) {
    for column in columns { try column.append(to: &receiver) }
  }
}

/// Cells that know which builder to fill.
protocol TestColumn: Sendable {
  var cells: [Cell] { get }
  func append(to receiver: inout ColumnReceiver) throws(ParquetError)
}

struct Int32Cells: TestColumn {
  let cells: [Cell]
  func append(to receiver: inout ColumnReceiver) throws(ParquetError) {
    var column = Int32Column()
    for cell in cells { if case .int32(let value) = cell { column.append(value) } else { column.appendNull() } }
    try receiver.append(column)
  }
}

struct Int64Cells: TestColumn {
  let cells: [Cell]
  init(_ values: [Int64]) { cells = values.map { .int64($0) } }
  init(cells: [Cell]) { self.cells = cells }
  func append(to receiver: inout ColumnReceiver) throws(ParquetError) {
    var column = Int64Column()
    for cell in cells { if case .int64(let value) = cell { column.append(value) } else { column.appendNull() } }
    try receiver.append(column)
  }
}

struct DoubleCells: TestColumn {
  let cells: [Cell]
  func append(to receiver: inout ColumnReceiver) throws(ParquetError) {
    var column = DoubleColumn()
    for cell in cells {
      if case .double(let bits) = cell { column.append(Double(bitPattern: bits)) } else { column.appendNull() }
    }
    try receiver.append(column)
  }
}

struct FloatCells: TestColumn {
  let cells: [Cell]
  func append(to receiver: inout ColumnReceiver) throws(ParquetError) {
    var column = FloatColumn(capacity: 1)
    for cell in cells {
      if case .float(let bits) = cell { column.append(Float(bitPattern: bits)) } else { column.appendNull() }
    }
    try receiver.append(column)
  }
}

struct BooleanCells: TestColumn {
  let cells: [Cell]
  func append(to receiver: inout ColumnReceiver) throws(ParquetError) {
    var column = BooleanColumn(capacity: 1)
    for cell in cells { if case .boolean(let value) = cell { column.append(value) } else { column.appendNull() } }
    try receiver.append(column)
  }
}

/// Values of one width, written in turn by both ways of appending.
struct DecimalCells: TestColumn {
  let cells: [Cell]
  init(_ values: [Int128?]) {
    cells = values.map { value in
      guard let value else { return .null }
      return .bytes((0..<16).map { UInt8(truncatingIfNeeded: value >> (120 - 8 * Int128($0))) })
    }
  }
  init(cells: [Cell]) { self.cells = cells }
  func append(to receiver: inout ColumnReceiver) throws(ParquetError) {
    var column = FixedByteArrayColumn(width: 16, capacity: 1)
    for (row, cell) in cells.enumerated() {
      guard case .bytes(let value) = cell else {
        column.appendNull()
        continue
      }
      if row % 2 == 0 {
        column.append(OutputBuffer(copying: value[...]).bytes)
      } else {
        column.append(value.reduce(Int128(0)) { $0 << 8 | Int128($1) })
      }
    }
    try receiver.append(column)
  }
}

/// Lists of floats.
struct ListCells: TestColumn {
  let lists: [[Float]?]
  var pageSize = WriterProperties.defaultPageSize
  var cells: [Cell] { lists.map { _ in .null } }
  /// The entries that the file is to have.
  var entries: [Entry] {
    lists.flatMap { list -> [Entry] in
      guard let list else { return [Entry(repetition: 0, definition: 0, cell: .null)] }
      guard !list.isEmpty else { return [Entry(repetition: 0, definition: 1, cell: .null)] }
      return list.enumerated().map { index, value in
        Entry(repetition: index == 0 ? 0 : 1, definition: 2, cell: .float(value.bitPattern))
      }
    }
  }
  func append(to receiver: inout ColumnReceiver) throws(ParquetError) {
    var column = ListColumn<Float>(capacity: 1, pageSize: pageSize)
    for list in lists {
      guard let list else {
        column.appendNull()
        continue
      }
      var elements = OutputBuffer(capacity: 16)
      for value in list { elements.appendLittleEndian(value.bitPattern) }
      column.append(elements.bytes)
    }
    try receiver.append(column)
  }
}

struct ByteArrayCells: TestColumn {
  let cells: [Cell]
  var pageSize = WriterProperties.defaultPageSize
  func append(to receiver: inout ColumnReceiver) throws(ParquetError) {
    var column = ByteArrayColumn(pageSize: pageSize)
    for cell in cells {
      guard case .bytes(let value) = cell else {
        column.appendNull()
        continue
      }
      column.beginValue()
      column.values.append(contentsOf: value)
      try column.endValue()
    }
    try receiver.append(column)
  }
}

struct DictionaryCells: TestColumn {
  let cells: [Cell]
  func append(to receiver: inout ColumnReceiver) throws(ParquetError) {
    var column = DictionaryColumn()
    for cell in cells {
      guard case .bytes(let value) = cell else {
        column.appendNull()
        continue
      }
      let buffer = OutputBuffer(copying: value[...])
      try column.append(buffer.bytes)
    }
    try receiver.append(column)
  }
}

extension WriterProperties {
  /// Properties for the tests.
  static func test(_ compression: Compression = .none, pageSize: Int = defaultPageSize) -> WriterProperties {
    var properties = WriterProperties(
      application: ApplicationVersion(application: "test", version: "1.2.3", build: "0"))
    properties.compression = compression
    properties.pageSize = pageSize
    return properties
  }
}

/// Writes `batches` to a file and reads it back.
func roundTrip(
  _ columns: [ColumnDescriptor], _ batches: [TestBatch], _ properties: WriterProperties = .test()
) throws -> FileReader {
  try roundTrip(Schema(columns), batches, properties)
}

/// Writes `batches` of any schema to a file and reads it back.
func roundTrip(
  _ schema: Schema, _ batches: [TestBatch], _ properties: WriterProperties = .test()
) throws -> FileReader {
  let folder = try TemporaryFolder()
  let output = try OutputFolder(folder.path + "/out").createFile("x.parquet")
  let writer = try ParquetFileWriter(output, schema: schema, application: properties.application)
  var encoder = try RowGroupEncoder(properties: properties)
  for batch in batches { try writer.writeRowGroup(batch, &encoder) }
  _ = try writer.complete()
  try output.publish()
  return try FileReader(path: folder.path + "/out/x.parquet")
}
