import Bytes
import Foundation
import ParquetWriter
import Platform
import TestSupport

/// A batch of any columns, for the tests.
struct TestBatch: RowBatch {
  let rowCount: Int
  let columns: [any TestColumn]

  init(_ columns: any TestColumn...) {
    rowCount = columns.first?.cells.count ?? 0
    self.columns = columns
  }

  init(rowCount: Int, columns: [any TestColumn]) {
    self.rowCount = rowCount
    self.columns = columns
  }

  func appendColumns(to encoder: inout RowGroupEncoder) throws(ParquetError) {
    for column in columns { try column.append(to: &encoder) }
  }
}

/// Cells that know which builder to fill.
protocol TestColumn {
  var cells: [Cell] { get }
  func append(to encoder: inout RowGroupEncoder) throws(ParquetError)
}

struct Int32Cells: TestColumn {
  let cells: [Cell]
  func append(to encoder: inout RowGroupEncoder) throws(ParquetError) {
    var column = Int32Column()
    for cell in cells { if case .int32(let value) = cell { column.append(value) } else { column.appendNull() } }
    try encoder.append(column)
  }
}

struct Int64Cells: TestColumn {
  let cells: [Cell]
  init(_ values: [Int64]) { cells = values.map { .int64($0) } }
  init(cells: [Cell]) { self.cells = cells }
  func append(to encoder: inout RowGroupEncoder) throws(ParquetError) {
    var column = Int64Column()
    for cell in cells { if case .int64(let value) = cell { column.append(value) } else { column.appendNull() } }
    try encoder.append(column)
  }
}

struct DoubleCells: TestColumn {
  let cells: [Cell]
  func append(to encoder: inout RowGroupEncoder) throws(ParquetError) {
    var column = DoubleColumn()
    for cell in cells {
      if case .double(let bits) = cell { column.append(Double(bitPattern: bits)) } else { column.appendNull() }
    }
    try encoder.append(column)
  }
}

struct ByteArrayCells: TestColumn {
  let cells: [Cell]
  var pageSize = WriterProperties.defaultPageSize
  func append(to encoder: inout RowGroupEncoder) throws(ParquetError) {
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
    try encoder.append(column)
  }
}

struct DictionaryCells: TestColumn {
  let cells: [Cell]
  func append(to encoder: inout RowGroupEncoder) throws(ParquetError) {
    var column = DictionaryColumn()
    for cell in cells {
      guard case .bytes(let value) = cell else {
        column.appendNull()
        continue
      }
      let buffer = OutputBuffer(copying: value[...])
      try column.append(buffer.bytes)
    }
    try encoder.append(column)
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
  let folder = try TemporaryFolder()
  let output = try OutputFolder(folder.path + "/out").createFile("x.parquet")
  let writer = try ParquetFileWriter(output, schema: Schema(columns), application: properties.application)
  var encoder = try RowGroupEncoder(schema: Schema(columns), properties: properties)
  for batch in batches { try writer.writeRowGroup(batch, &encoder) }
  _ = try writer.complete()
  try output.publish()
  return try FileReader(path: folder.path + "/out/x.parquet")
}
