import Bytes
import Platform

/// Rows in columns, to become a row group: what fills it need not know how it is written.
///
/// A batch belongs to one thread at a time. It can be handed from the thread that fills it to the one that writes it, and
/// back to be emptied and filled again.
public protocol RowBatch: ~Copyable {
  /// Rows in every column.
  var rowCount: Int { get }
  /// Calls `encoder.append` for each column, in schema order.
  func appendColumns(to encoder: inout RowGroupEncoder) throws(ParquetError)
}

/// Encodes and compresses whole batches, with codecs and buffers of its own, for one file or several.
public struct RowGroupEncoder: ~Copyable {
  private let schema: Schema
  private let properties: WriterProperties
  private var chunkEncoder: ColumnChunkEncoder
  /// The row group that is being written.
  private var rowCount = 0
  private var columns: [ColumnChunk] = []
  private var missingColumn: Int?
  private var output: RowGroupOutput

  /// An encoder for batches of `schema`.
  public init(schema: Schema, properties: WriterProperties) throws(ParquetError) {
    chunkEncoder = try ColumnChunkEncoder(properties: properties)
    output = RowGroupOutput()
    self.schema = schema
    self.properties = properties
  }

  /// Writes all columns of `batch` at the end of `file`. When this throws, a part of them may stand there.
  mutating func write(
    _ batch: borrowing some RowBatch & ~Copyable, to file: any OutputFile
  ) throws(ParquetError) -> RowGroup {
    let offset = file.byteCount
    rowCount = batch.rowCount
    columns.removeAll(keepingCapacity: true)
    missingColumn = nil
    output.begin(file)
    try batch.appendColumns(to: &self)
    guard columnCount == schema.columns.count else {
      throw .batchMismatch("\(columnCount) columns instead of \(schema.columns.count)")
    }
    try output.flush()
    return RowGroup(columns: columns, rowCount: rowCount, fileOffset: offset, missingColumn: missingColumn)
  }

  /// Writes the column that `rowGroup` is missing at the end of `file`.
  mutating func write(
    _ column: borrowing some ParquetColumn & ~Copyable, of rowGroup: inout RowGroup, to file: any OutputFile
  ) throws(ParquetError) {
    guard let index = rowGroup.missingColumn else { throw .batchMismatch("no column is missing") }
    rowCount = rowGroup.rowCount
    output.begin(file)
    rowGroup.complete(try encode(column, try descriptor(at: index, for: column)))
    try output.flush()
  }

  /// Leaves out the next column, whose values are not known yet; called by the batch, for one column at most.
  public mutating func postpone() { missingColumn = columns.count }

  private var columnCount: Int { columns.count + (missingColumn == nil ? 0 : 1) }

  /// Encodes the next column; called by the batch.
  public mutating func append(_ column: borrowing some ParquetColumn & ~Copyable) throws(ParquetError) {
    columns.append(try encode(column, try descriptor(at: columnCount, for: column)))
  }

  private mutating func encode(
    _ column: borrowing some ParquetColumn & ~Copyable, _ descriptor: ColumnDescriptor
  ) throws(ParquetError) -> ColumnChunk {
    let plan = column.plan(for: descriptor, properties: properties)
    let pages = try chunkEncoder.encode(column, descriptor: descriptor, plan: plan, to: &output)
    let nullCount = column.withValidity { $0.nullCount }
    let metaData = ColumnMetaData(
      column: descriptor, codec: properties.compression.codec, valueCount: rowCount,
      statistics: Statistics(nullCount: nullCount, bounds: plan.bounds), pages: pages)
    return ColumnChunk(metaData: metaData)
  }

  private func descriptor(
    at index: Int, for column: borrowing some ParquetColumn & ~Copyable
  ) throws(ParquetError) -> ColumnDescriptor {
    guard index < schema.columns.count else {
      throw .batchMismatch("more than \(schema.columns.count) columns")
    }
    let descriptor = schema.columns[index]
    guard column.type == descriptor.type else {
      throw .batchMismatch("column \(descriptor.name) has values of another type")
    }
    guard column.rowCount == rowCount else {
      throw .batchMismatch("column \(descriptor.name) has \(column.rowCount) rows instead of \(rowCount)")
    }
    guard descriptor.repetition == .optional || column.withValidity({ $0.nullCount }) == 0 else {
      throw .batchMismatch("column \(descriptor.name) is required and has nulls")
    }
    return descriptor
  }
}
