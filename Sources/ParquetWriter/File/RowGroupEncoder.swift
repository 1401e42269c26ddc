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

/// Encodes and compresses whole batches, with codecs and buffers of its own, for any number of files of any schemas.
public struct RowGroupEncoder: ~Copyable {
  private let properties: WriterProperties
  private var chunkEncoder: ColumnChunkEncoder
  /// The row group that is being written.
  private var leaves: [SchemaLeaf] = []
  private var rowCount = 0
  private var columns: [ColumnChunk] = []
  private var missingColumn: Int?
  private var output: RowGroupOutput

  /// An encoder of pages as `properties` want them.
  public init(properties: WriterProperties) throws(ParquetError) {
    chunkEncoder = try ColumnChunkEncoder(properties: properties)
    output = RowGroupOutput()
    self.properties = properties
  }

  /// Writes all columns of `batch` at the end of `file`. When this throws, a part of them may stand there.
  mutating func write(
    _ batch: borrowing some RowBatch & ~Copyable, schema: Schema, to file: any OutputFile
  ) throws(ParquetError) -> RowGroup {
    let offset = file.byteCount
    leaves = schema.leaves
    rowCount = batch.rowCount
    columns.removeAll(keepingCapacity: true)
    missingColumn = nil
    output.begin(file)
    try batch.appendColumns(to: &self)
    guard columnCount == leaves.count else {
      throw .batchMismatch("\(columnCount) columns instead of \(leaves.count)")
    }
    try output.flush()
    return RowGroup(columns: columns, rowCount: rowCount, fileOffset: offset, missingColumn: missingColumn)
  }

  /// Writes the column that `rowGroup` is missing at the end of `file`.
  mutating func write(
    _ column: borrowing some ParquetColumn & ~Copyable, of rowGroup: inout RowGroup, schema: Schema,
    to file: any OutputFile
  ) throws(ParquetError) {
    guard let index = rowGroup.missingColumn else { throw .batchMismatch("no column is missing") }
    leaves = schema.leaves
    rowCount = rowGroup.rowCount
    output.begin(file)
    rowGroup.complete(try encode(column, try leaf(at: index, for: column)))
    try output.flush()
  }

  /// Leaves out the next column, whose values are not known yet; called by the batch, for one column at most.
  public mutating func postpone() { missingColumn = columns.count }

  private var columnCount: Int { columns.count + (missingColumn == nil ? 0 : 1) }

  /// Encodes the next column; called by the batch.
  public mutating func append(_ column: borrowing some ParquetColumn & ~Copyable) throws(ParquetError) {
    columns.append(try encode(column, try leaf(at: columnCount, for: column)))
  }

  private mutating func encode(
    _ column: borrowing some ParquetColumn & ~Copyable, _ leaf: SchemaLeaf
  ) throws(ParquetError) -> ColumnChunk {
    let plan = column.plan(for: leaf.column, properties: properties)
    let pages = try chunkEncoder.encode(column, leaf: leaf, plan: plan, to: &output)
    let metaData = ColumnMetaData(
      leaf: leaf, codec: properties.compression.codec, valueCount: column.levelCount,
      statistics: Statistics(nullCount: column.nullCount, bounds: plan.bounds), pages: pages)
    return ColumnChunk(metaData: metaData)
  }

  private func leaf(
    at index: Int, for column: borrowing some ParquetColumn & ~Copyable
  ) throws(ParquetError) -> SchemaLeaf {
    guard index < leaves.count else {
      throw .batchMismatch("more than \(leaves.count) columns")
    }
    let leaf = leaves[index]
    guard column.type == leaf.column.type else {
      throw .batchMismatch("column \(leaf.dottedPath) has values of another type")
    }
    guard column.fits(leaf) else {
      throw .batchMismatch("column \(leaf.dottedPath) is nested otherwise")
    }
    guard column.rowCount == rowCount else {
      throw .batchMismatch("column \(leaf.dottedPath) has \(column.rowCount) rows instead of \(rowCount)")
    }
    guard leaf.hasLevels || column.nullCount == 0 else {
      throw .batchMismatch("column \(leaf.dottedPath) is required and has nulls")
    }
    return leaf
  }
}
