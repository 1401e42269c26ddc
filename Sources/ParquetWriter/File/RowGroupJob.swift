import Dispatch
import Platform
import Synchronization

/// The work on one row group.
///
/// Threads walk the columns of the batch side by side, first to plan them, then to encode their pages:
///
///     column 0: page 0, 1, 2 … column 1: page 0, 1 … ──► workers, each with a codec of its own ──► pages in order
///
/// The calling thread is one of them. The bytes are the same whatever the number of workers. Pages are laid down as soon as
/// those before them are, so that memory is bounded by the plans of one row group and a few pages.
final class RowGroupJob: @unchecked Sendable {
  let columns: [ColumnJob]
  let rowCount: Int
  let properties: WriterProperties
  var output: RowGroupOutput
  /// The columns that are written; nil for those that are postponed.
  var chunks: [ColumnChunk?]
  /// Columns that are laid down or postponed.
  private let laidDownCount = Mutex(0)

  init(
    _ leaves: [SchemaLeaf], rowCount: Int, properties: WriterProperties, output: consuming RowGroupOutput
  ) {
    columns = leaves.map { ColumnJob($0) }
    chunks = leaves.map { _ in nil }
    self.rowCount = rowCount
    self.properties = properties
    self.output = output
  }

  /// Writes all columns, one after the other.
  func write(_ batch: borrowing some RowBatch & ~Copyable, _ worker: SharedPageEncoder) throws(ParquetError) {
    try walk(batch, .write, worker)
    try finish()
  }

  /// Writes all columns, which `workers` encode side by side.
  func write(_ batch: borrowing some RowBatch & ~Copyable, _ workers: [SharedPageEncoder]) throws(ParquetError) {
    try walkSideBySide(batch, .plan, workers)
    try walkSideBySide(batch, .encode, workers)
    try layDown()
    try finish()
  }

  /// Lays down the pages whose turn has come, unless another thread is at it.
  func layDown() throws(ParquetError) {
    try laidDownCount.withLockIfAvailable { count throws(ParquetError) in
      while count < columns.count {
        if !columns[count].isPostponed {
          guard let chunk = try columns[count].layDown(to: &output, codec: properties.compression.codec) else { return }
          chunks[count] = chunk
        }
        count += 1
      }
    }
  }

  /// Writes what stands behind the columns.
  private func finish() throws(ParquetError) {
    for (index, column) in columns.enumerated() {
      guard var chunk = chunks[index] else { continue }
      try column.writeBloomFilter(of: &chunk, to: &output)
      chunks[index] = chunk
    }
    try output.flush()
  }

  private func walk(
    _ batch: borrowing some RowBatch & ~Copyable, _ task: ColumnReceiver.Task, _ worker: SharedPageEncoder
  ) throws(ParquetError) {
    var receiver = ColumnReceiver(self, task, worker)
    try batch.appendColumns(to: &receiver)
    try receiver.finish()
  }

  /// Throws an error of one of the walks.
  private func walkSideBySide(
    _ batch: borrowing some RowBatch & ~Copyable, _ task: ColumnReceiver.Task, _ workers: [SharedPageEncoder]
  ) throws(ParquetError) {
    let failure = Mutex<ParquetError?>(nil)
    DispatchQueue.concurrentPerform(iterations: workers.count) { index in
      do throws(ParquetError) {
        try walk(batch, task, workers[index])
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
