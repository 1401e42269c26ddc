import Bytes
import Platform

/// Rows in columns, to become a row group: what fills it need not know how it is written.
///
/// A batch belongs to one thread at a time. It can be handed from the thread that fills it to the one that writes it, and
/// back to be emptied and filled again.
public protocol RowBatch: ~Copyable, Sendable {
  /// Rows in every column.
  var rowCount: Int { get }
  /// Bytes of the rows, roughly.
  var byteCount: Int { get }
  /// Calls `receiver.append` for each column, in schema order.
  ///
  /// Several threads do so at the same time: nothing of the batch may change.
  func appendColumns(to receiver: inout ColumnReceiver) throws(ParquetError)
}

/// Encodes and compresses whole batches, with codecs and buffers of its own, for any number of files of any schemas.
public struct RowGroupEncoder: ~Copyable {
  private let properties: WriterProperties
  private let workers: [SharedPageEncoder]

  /// Smaller batches are not worth the call of another thread.
  private static let sharedByteCount = 128 << 10

  /// An encoder of pages as `properties` want them.
  public init(properties: WriterProperties) throws(ParquetError) {
    // Without compression a page is copied, and more cores do not copy faster.
    let workerCount = properties.compression == .none ? 1 : max(properties.threadCount, 1)
    var workers: [SharedPageEncoder] = []
    for _ in 0..<workerCount { workers.append(SharedPageEncoder(try PageEncoder(properties: properties))) }
    self.workers = workers
    self.properties = properties
  }

  /// Writes all columns of `batch` at the end of `file`, and settles what the next row groups of the file are to do alike.
  /// When this throws, a part of the columns may stand there.
  mutating func write(
    _ batch: borrowing some RowBatch & ~Copyable, _ leaves: inout [SchemaLeaf], to file: any OutputFile
  ) throws(ParquetError) -> RowGroup {
    let offset = file.byteCount
    let chunks = try encode(batch, leaves, to: file)
    for (index, chunk) in chunks.enumerated() {
      if let chunk { leaves[index].settleDictionary(asIn: chunk) }
    }
    return RowGroup(
      columns: chunks.compactMap { $0 }, rowCount: batch.rowCount, fileOffset: offset,
      missingColumn: chunks.firstIndex { $0 == nil })
  }

  /// Writes the column that `rowGroup` is missing at the end of `file`.
  mutating func write(
    _ column: consuming some ParquetColumn & ~Copyable, of rowGroup: inout RowGroup, _ leaves: [SchemaLeaf],
    to file: any OutputFile
  ) throws(ParquetError) {
    guard let index = rowGroup.missingColumn else { throw .batchMismatch("no column is missing") }
    let batch = SingleColumn(column: column, rowCount: rowGroup.rowCount)
    for chunk in try encode(batch, [leaves[index]], to: file) {
      if let chunk { rowGroup.complete(chunk) }
    }
  }

  private mutating func encode(
    _ batch: borrowing some RowBatch & ~Copyable, _ leaves: [SchemaLeaf], to file: any OutputFile
  ) throws(ParquetError) -> [ColumnChunk?] {
    let job = RowGroupJob(
      leaves, rowCount: batch.rowCount, properties: properties, output: RowGroupOutput(file))
    if workers.count > 1, batch.byteCount > Self.sharedByteCount {
      try job.write(batch, workers)
    } else {
      try job.write(batch, workers[0])
    }
    return job.chunks
  }
}

/// A batch of one column.
private struct SingleColumn<Column: ParquetColumn & ~Copyable>: ~Copyable, RowBatch {
  let column: Column
  let rowCount: Int

  /// Numbers of 64 bits.
  var byteCount: Int { rowCount * 8 }

  func appendColumns(to receiver: inout ColumnReceiver) throws(ParquetError) { try receiver.append(column) }
}
