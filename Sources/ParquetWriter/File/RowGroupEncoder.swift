import Bytes

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

/// Encodes and compresses whole batches, with codecs and buffers of its own.
///
/// It writes no file: several encoders can work on several batches side by side, and `ParquetFileWriter.append` puts the
/// results into the file in the wanted order.
public struct RowGroupEncoder: ~Copyable {
  private let schema: Schema
  private let properties: WriterProperties
  private var chunkEncoder: ColumnChunkEncoder
  private var result: EncodedRowGroup

  /// An encoder for batches of `schema`.
  public init(schema: Schema, properties: WriterProperties) throws(ParquetError) {
    chunkEncoder = try ColumnChunkEncoder(properties: properties)
    result = EncodedRowGroup()
    self.schema = schema
    self.properties = properties
  }

  /// Encodes all columns of `batch`.
  public mutating func encode(_ batch: borrowing some RowBatch & ~Copyable) throws(ParquetError) -> EncodedRowGroup {
    result.removeAll(rowCount: batch.rowCount)
    try batch.appendColumns(to: &self)
    guard result.columns.count == schema.columns.count else {
      throw .batchMismatch("\(result.columns.count) columns instead of \(schema.columns.count)")
    }
    var encoded = EncodedRowGroup()
    swap(&encoded, &result)
    return encoded
  }

  /// Takes the memory of a row group that was written, for the next one.
  public mutating func recycle(_ rowGroup: consuming EncodedRowGroup) {
    result = rowGroup
  }

  /// Encodes the next column; called by the batch.
  public mutating func append(_ column: borrowing some ParquetColumn & ~Copyable) throws(ParquetError) {
    let descriptor = try descriptor(for: column)
    let plan = column.plan(for: descriptor, properties: properties)
    let pages = try chunkEncoder.encode(column, descriptor: descriptor, plan: plan, to: &result.bytes)
    let nullCount = column.withValidity { $0.nullCount }
    result.columns.append(
      ColumnMetaData(
        column: descriptor, codec: properties.compression.codec, valueCount: result.rowCount,
        statistics: Statistics(nullCount: nullCount, bounds: plan.bounds), pages: pages, baseOffset: 0))
  }

  private func descriptor(for column: borrowing some ParquetColumn & ~Copyable) throws(ParquetError) -> ColumnDescriptor
  {
    guard result.columns.count < schema.columns.count else {
      throw .batchMismatch("more than \(schema.columns.count) columns")
    }
    let descriptor = schema.columns[result.columns.count]
    guard column.type == descriptor.type else {
      throw .batchMismatch("column \(descriptor.name) has values of another type")
    }
    guard column.rowCount == result.rowCount else {
      throw .batchMismatch("column \(descriptor.name) has \(column.rowCount) rows instead of \(result.rowCount)")
    }
    guard descriptor.repetition == .optional || column.withValidity({ $0.nullCount }) == 0 else {
      throw .batchMismatch("column \(descriptor.name) is required and has nulls")
    }
    return descriptor
  }
}

/// A row group's pages, complete but for their place in a file.
public struct EncodedRowGroup: ~Copyable, Sendable {
  /// Rows.
  public private(set) var rowCount = 0
  /// All pages of all columns.
  package var bytes = OutputBuffer()
  /// Metadata with offsets counted from the start of `bytes`.
  package var columns: [ColumnMetaData] = []

  /// More memory than this is given back before the next row group.
  private static let recycledSizeLimit = 32 << 20

  package init() {}

  /// Starts a row group of `rowCount` rows in the same memory.
  package mutating func removeAll(rowCount: Int) {
    self.rowCount = rowCount
    bytes.removeAll(shrinkingTo: Self.recycledSizeLimit)
    columns.removeAll(keepingCapacity: true)
  }

  /// The metadata of the row group when its bytes start at `offset` of the file.
  package func rowGroup(at offset: Int) -> RowGroup {
    RowGroup(
      columns: columns.map { ColumnChunk(metaData: $0.moved(to: offset)) }, rowCount: rowCount, fileOffset: offset)
  }
}

extension ColumnMetaData {
  fileprivate func moved(to offset: Int) -> ColumnMetaData {
    ColumnMetaData(
      column: column, codec: codec, valueCount: valueCount, statistics: statistics, pages: pages, baseOffset: offset)
  }
}
