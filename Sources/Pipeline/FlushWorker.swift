import Foundation
import ParquetWriter

/// What the processing worker tells the flush worker.
enum FlushMessage: Sendable {
  /// What follows stands in this binlog file, from this position on; the file before it is complete.
  case beginFile(String, position: UInt64)
  /// The server that wrote the file.
  case serverVersion(String)
  /// The next row group.
  case batch(RowChangeBatch)
  /// All rows up to this position have been handed over, or are in the batch that is being filled.
  case reached(UInt64)

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

/// The stage that encodes, compresses and writes: a Parquet file for each binlog file.
struct FlushWorker: ~Copyable {
  private let output: ParquetOutput
  private let pool: BatchPool
  private let metrics: SharedMetrics
  private var file: OutputFile?
  private var serverVersion = ""
  private var bytesOfFinishedFiles: UInt64 = 0

  private struct OutputFile {
    let writer: ParquetFileWriter
    let binlogFile: String
    let firstPosition: UInt64
    var lastPosition: UInt64
  }

  init(output: ParquetOutput, pool: BatchPool, metrics: SharedMetrics) {
    self.output = output
    self.pool = pool
    self.metrics = metrics
  }

  /// Works until the queue is finished or cancelled; a file that is not complete by then is given up.
  ///
  /// - Throws: `PipelineError` for output that could not be written.
  mutating func run(_ queue: BoundedQueue<FlushMessage>) throws(PipelineError) {
    while let message = queue.take() { try timed { worker throws(ParquetError) in try worker.handle(message) } }
    guard !queue.wasCancelled else {
      file?.writer.abandon()
      return
    }
    try timed { worker throws(ParquetError) in try worker.finishFile() }
  }

  private mutating func timed(_ body: (inout FlushWorker) throws(ParquetError) -> Void) throws(PipelineError) {
    let clock = ContinuousClock()
    let start = clock.now
    do { try body(&self) } catch {
      file?.writer.abandon()
      throw .parquet(error)
    }
    let elapsed = clock.now - start
    let written = bytesOfFinishedFiles + UInt64(file?.writer.byteCount ?? 0)
    metrics.update { metrics in
      metrics.flush += elapsed
      metrics.bytesWritten = written
    }
  }

  private mutating func handle(_ message: FlushMessage) throws(ParquetError) {
    switch message {
    case .beginFile(let name, let position):
      try finishFile()
      let writer = try ParquetFileWriter(
        directory: output.directory, name: "\(name).parquet", schema: output.schema, properties: output.properties)
      output.log.opened(writer.path)
      file = OutputFile(writer: writer, binlogFile: name, firstPosition: position, lastPosition: position)
    case .serverVersion(let version): serverVersion = version
    case .reached(let position): file?.lastPosition = position
    case .batch(let batch):
      try file?.writer.writeRowGroup(batch)
      pool.give(batch)
      metrics.update { $0.batches += 1 }
    }
  }

  private mutating func finishFile() throws(ParquetError) {
    guard let file else { return }
    self.file = nil
    do {
      let summary = try file.writer.finish(keyValueMetadata: metadata(of: file))
      bytesOfFinishedFiles += UInt64(summary.bytes)
      output.log.finished(file.writer.path, summary)
    } catch {
      file.writer.abandon()
      throw error
    }
  }

  private func metadata(of file: OutputFile) -> [KeyValue] {
    var metadata = [
      KeyValue("binlog_file", file.binlogFile),
      KeyValue("first_position", "\(file.firstPosition)"),
      KeyValue("last_position", "\(file.lastPosition)"),
      KeyValue("server_version", serverVersion),
    ]
    if let uuid = output.serverUUID { metadata.append(KeyValue("server_uuid", uuid)) }
    return metadata
  }
}
