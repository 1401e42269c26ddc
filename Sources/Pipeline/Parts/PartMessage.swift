import BinlogParser

/// Message of the thread that decodes to the one that writes.
enum PartMessage<Batch: ChangeBatch>: Sendable {
  /// What follows stands in this binlog file, whose first transaction starts at `start` where that is known; the output
  /// before it is complete, and ends at the boundary, or in the middle of a transaction.
  case beginFile(String, start: UInt64?, ResumePoint?)
  /// What `beginFile` did not know.
  case beginOutput(UInt64)
  /// The server that wrote the file.
  case serverVersion(String)
  /// The next batch of the partition; its rows end at or before the position.
  case batch(Batch, Partition, end: UInt64)
  /// All rows up to this position have been handed over.
  case reached(UInt64)
  /// The output is complete up to here, and goes on in another file.
  case cut(ResumePoint)
  /// The output is complete, and ends at the boundary, or in the middle of a transaction.
  case finish(ResumePoint?)

  /// Bytes that the message holds.
  var weight: Int {
    if case .batch(let batch, _, _) = self { batch.byteCount } else { 0 }
  }
}

/// The way of batches to the thread that writes.
struct PartTarget<Batch: ChangeBatch>: ~Copyable, BatchTarget {
  private let queue: BoundedQueue<PartMessage<Batch>>
  private let pool: Pool<Batch>
  var rows: UInt64 = 0
  /// The partition of the batch that is being filled.
  var partition = Partition.whole
  /// End of the event whose rows came last.
  var rowsEnd: UInt64 = 0

  /// The way through `queue`, on which empty batches come back to `pool`.
  init(_ queue: BoundedQueue<PartMessage<Batch>>, _ pool: Pool<Batch>) {
    self.queue = queue
    self.pool = pool
  }

  /// Batches of one partition that can be under way at once.
  static var batchCount: Int { 3 }

  /// Notes whether batches of other partitions wait. Their memory is counted, and that of none is kept then.
  func note(hasParkedBatches: Bool) { pool.keep(hasParkedBatches ? 0 : Self.batchCount) }

  mutating func put(_ batch: Batch) -> Batch? {
    send(.batch(batch, partition, end: rowsEnd))
    // Only now: while the queue was full, no memory waited for the rows to come.
    return pool.take()
  }

  /// Sends `message`. A closed queue means that the other thread has failed, and that its error ends the run.
  func send(_ message: PartMessage<Batch>) { _ = queue.put(message, weight: message.weight) }

  /// Says that there will be no more messages.
  func finish() { queue.finish() }
}
