import BinlogParser
import Foundation
import ParquetWriter

/// What the processing worker tells the flush worker.
enum FlushMessage: Sendable {
  /// What follows stands in this binlog file, whose first transaction starts at `start` where that is known; the output
  /// before it is complete, and ends at the boundary, or in the middle of a transaction.
  case beginFile(String, start: UInt64?, TransactionBoundary?)
  /// What `beginFile` did not know.
  case beginOutput(UInt64)
  /// The server that wrote the file.
  case serverVersion(String)
  /// The next row group.
  case batch(RowChangeBatch)
  /// All rows up to this position have been handed over, or are in the batch that is being filled.
  case reached(UInt64)
  /// The output is complete up to here, and goes on in another file.
  case cut(TransactionBoundary)
  /// The output is complete, and ends at the boundary, or in the middle of a transaction.
  case finish(TransactionBoundary?)

  /// Bytes that the message holds.
  var weight: Int {
    if case .batch(let batch) = self { batch.byteCount } else { 0 }
  }
}

/// Batches that were written and can be filled again.
final class BatchPool: @unchecked Sendable {
  private let lock = NSLock()
  private var batches: [RowChangeBatch] = []
  /// As many as can be under way at once.
  private static let limit = 6

  /// An empty batch.
  func take() -> RowChangeBatch {
    lock.lock()
    defer { lock.unlock() }
    return batches.popLast() ?? RowChangeBatch()
  }

  /// Takes back a batch that nobody uses any more.
  func give(_ batch: RowChangeBatch) {
    batch.removeAll()
    lock.lock()
    defer { lock.unlock() }
    if batches.count < Self.limit { batches.append(batch) }
  }
}

/// The stage that encodes, compresses and writes: a Parquet file for each binlog file, or several.
struct FlushWorker: ~Copyable {
  private let output: ParquetOutput
  private let pool: BatchPool
  private let metrics: SharedMetrics
  private let checkpoints: Checkpoints
  private var part: Part?
  private var partCount: UInt64 = 0
  private var serverVersion = ""
  private var bytesOfFinishedFiles: UInt64 = 0
  /// Files that became complete since the last checkpoint.
  private var finished: [Checkpoint.File] = []

  /// The part of a binlog file that goes into one output file.
  private struct Part {
    let binlogFile: String
    /// Where its first transaction starts; nil where that is not known yet.
    var start: UInt64?
    var lastPosition: UInt64
    /// The file, from the first row on where there may be parts without any.
    var writer: ParquetFileWriter?

    init(_ binlogFile: String, start: UInt64?) {
      self.binlogFile = binlogFile
      self.start = start
      lastPosition = start ?? 0
    }
  }

  init(output: ParquetOutput, pool: BatchPool, metrics: SharedMetrics, checkpoints: Checkpoints) {
    self.output = output
    self.pool = pool
    self.metrics = metrics
    self.checkpoints = checkpoints
  }

  /// Works until the queue is finished or cancelled; a file that is not complete by then is given up.
  ///
  /// - Throws: `PipelineError` for output that could not be written.
  mutating func run(_ queue: BoundedQueue<FlushMessage>) throws(PipelineError) {
    while let message = queue.take() { try timed { worker throws(PipelineError) in try worker.handle(message) } }
    part?.writer?.abandon()
  }

  private mutating func timed(_ body: (inout FlushWorker) throws(PipelineError) -> Void) throws(PipelineError) {
    let clock = ContinuousClock()
    let start = clock.now
    do throws(PipelineError) { try body(&self) } catch {
      part?.writer?.abandon()
      throw error
    }
    let elapsed = clock.now - start
    let partBytes = part?.writer?.byteCount ?? 0
    metrics.update { metrics in
      metrics.flush += elapsed
      metrics.parts = partCount
      metrics.partBytes = partBytes
      metrics.bytesWritten = bytesOfFinishedFiles + UInt64(partBytes)
    }
  }

  private mutating func handle(_ message: FlushMessage) throws(PipelineError) {
    switch message {
    case .beginFile(let name, let start, let boundary):
      let isFirst = part == nil
      try finishPart()
      if let boundary, !isFirst { try saveCheckpoint(boundary) }
      try begin(Part(name, start: start))
    case .beginOutput(let start): part?.start = start
    case .serverVersion(let version): serverVersion = version
    case .reached(let position): part?.lastPosition = position
    case .batch(let batch):
      try write(batch)
      pool.give(batch)
      metrics.update { $0.batches += 1 }
    case .cut(let boundary):
      part?.lastPosition = boundary.position.offset
      try finishPart()
      try saveCheckpoint(boundary)
      try begin(Part(boundary.position.file, start: boundary.position.offset))
    case .finish(let boundary):
      try finishPart()
      if let boundary { try saveCheckpoint(boundary) }
    }
  }

  private mutating func begin(_ part: Part) throws(PipelineError) {
    self.part = part
    partCount += 1
    if output.naming.hasFileForEachBinlog { try open() }
  }

  private mutating func open() throws(PipelineError) {
    guard let part else { return }
    let name = output.naming.name(part.binlogFile, start: part.start ?? 0)
    do {
      let writer = try ParquetFileWriter(
        place: output.place, name: name, schema: output.schema, properties: output.properties)
      self.part?.writer = writer
      output.log.opened(writer.path)
    } catch {
      throw .parquet(error)
    }
  }

  private mutating func write(_ batch: RowChangeBatch) throws(PipelineError) {
    if part?.writer == nil { try open() }
    do { try part?.writer?.writeRowGroup(batch) } catch { throw .parquet(error) }
  }

  private mutating func finishPart() throws(PipelineError) {
    guard let part, let writer = part.writer else { return }
    self.part?.writer = nil
    do {
      let summary = try writer.finish(keyValueMetadata: metadata(of: part))
      bytesOfFinishedFiles += UInt64(summary.bytes)
      finished.append(Checkpoint.File(path: writer.path, rows: summary.rows, bytes: summary.bytes))
      output.log.finished(writer.path, summary)
    } catch {
      writer.abandon()
      throw .parquet(error)
    }
  }

  private mutating func saveCheckpoint(_ boundary: TransactionBoundary) throws(PipelineError) {
    try checkpoints.save(boundary, files: finished)
    finished.removeAll()
  }

  private func metadata(of part: Part) -> [KeyValue] {
    var metadata = [
      KeyValue("binlog_file", part.binlogFile),
      KeyValue("first_position", "\(part.start ?? 0)"),
      KeyValue("last_position", "\(part.lastPosition)"),
      KeyValue("server_version", serverVersion),
    ]
    if let uuid = output.serverUUID { metadata.append(KeyValue("server_uuid", uuid)) }
    return metadata
  }
}
