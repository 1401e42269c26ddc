import BinlogParser
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
  /// The next row group of the partition; its rows end at or before the position.
  case batch(RowChangeBatch, Partition, end: UInt64)
  /// All rows up to this position have been handed over.
  case reached(UInt64)
  /// The output is complete up to here, and goes on in another file.
  case cut(TransactionBoundary)
  /// The output is complete, and ends at the boundary, or in the middle of a transaction.
  case finish(TransactionBoundary?)

  /// Bytes that the message holds.
  var weight: Int {
    if case .batch(let batch, _, _) = self { batch.byteCount } else { 0 }
  }
}

/// The stage that encodes, compresses and writes: a Parquet file for each binlog file, or several.
struct FlushWorker: ~Copyable {
  private let output: ParquetOutput
  private let pool: Pool<RowChangeBatch>
  private let metrics: SharedMetrics
  private let checkpoints: Checkpoints
  /// Facts about everything before the first part.
  private let origin: PipelineStart
  private var encoder: RowGroupEncoder
  private var part: OutputPart?
  /// Where the run began: where the first part starts of which that is known.
  private var start: TransactionBoundary?
  private var partCount: UInt64 = 0
  private var serverVersion = ""
  private var bytesOfFinishedFiles: UInt64 = 0
  /// Files that became complete since the last checkpoint.
  private var finished: [Checkpoint.File] = []

  /// A worker that writes to `output`.
  ///
  /// - Parameter start: what is known of everything before the first part.
  /// - Throws: `PipelineError` for properties that no file can have.
  init(
    output: ParquetOutput, pool: Pool<RowChangeBatch>, metrics: SharedMetrics, checkpoints: Checkpoints,
    start: PipelineStart
  ) throws(PipelineError) {
    self.init(try Self.encoder(for: output), output, pool, metrics, checkpoints, start)
  }

  private init(
    _ encoder: consuming RowGroupEncoder, _ output: ParquetOutput, _ pool: Pool<RowChangeBatch>,
    _ metrics: SharedMetrics, _ checkpoints: Checkpoints, _ start: PipelineStart
  ) {
    self.encoder = encoder
    self.output = output
    self.pool = pool
    self.metrics = metrics
    self.checkpoints = checkpoints
    origin = start
  }

  private static func encoder(for output: ParquetOutput) throws(PipelineError) -> RowGroupEncoder {
    do { return try RowGroupEncoder(schema: output.schema, properties: output.properties) } catch {
      throw .parquet(error)
    }
  }

  /// Works until the queue is finished or cancelled; files that are not visible by then are given up.
  ///
  /// - Throws: `PipelineError` for output that could not be written.
  mutating func run(_ queue: BoundedQueue<FlushMessage>) throws(PipelineError) {
    while let message = queue.take() { try timed { worker throws(PipelineError) in try worker.handle(message) } }
    part?.abandon()
  }

  private mutating func timed(_ body: (inout FlushWorker) throws(PipelineError) -> Void) throws(PipelineError) {
    let clock = ContinuousClock()
    let start = clock.now
    do throws(PipelineError) { try body(&self) } catch {
      part?.abandon()
      throw error
    }
    let elapsed = clock.now - start
    let partBytes = part?.byteCount ?? 0
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
      try begin(OutputPart(name, start: start, output))
    case .beginOutput(let start): part?.start = start
    case .serverVersion(let version): serverVersion = version
    case .reached(let position): part?.lastPosition = position
    case .batch(let batch, let partition, let end):
      if let part { part.lastPosition = max(part.lastPosition, end) }
      try parquet { worker throws(ParquetError) in try worker.write(batch, of: partition) }
      batch.columns.removeAll()
      pool.give(batch)
      metrics.update { $0.batches += 1 }
    case .cut(let boundary):
      part?.lastPosition = boundary.position.offset
      try finishPart()
      try saveCheckpoint(boundary)
      let place = boundary.position
      try begin(OutputPart(place.file, start: place.offset, output))
    case .finish(let boundary):
      try finishPart()
      if let boundary { try saveCheckpoint(boundary) }
    }
  }

  private mutating func begin(_ part: OutputPart) throws(PipelineError) {
    self.part = part
    partCount += 1
    guard output.naming.hasFileForEachBinlog else { return }
    let serverVersion = serverVersion
    try parquet { _ throws(ParquetError) in try part.open(.whole, serverVersion: serverVersion) }
  }

  private mutating func write(_ batch: RowChangeBatch, of partition: Partition) throws(ParquetError) {
    try part?.write(batch, of: partition, &encoder, serverVersion: serverVersion)
  }

  /// Lets the part's files appear. The store is told before: a run may die when some of them are visible, or all of them, and
  /// there is no checkpoint that covers them.
  private mutating func finishPart() throws(PipelineError) {
    guard let part else { return }
    try announce(part)
    let files: [Checkpoint.File]
    do { files = try part.publish(serverVersion: serverVersion) } catch {
      part.abandon()
      throw .parquet(error)
    }
    finished += files
    bytesOfFinishedFiles += UInt64(files.reduce(0) { $0 + $1.bytes })
    self.part = nil
  }

  private mutating func announce(_ part: OutputPart) throws(PipelineError) {
    if start == nil, let offset = part.start {
      start = TransactionBoundary(
        position: BinlogPosition(file: part.binlogFile, offset: offset), gtids: origin.gtids, timestamp: 0,
        fileCreated: 0, sequence: origin.sequence)
    }
    guard let start, !part.names.isEmpty else { return }
    try checkpoints.prepare(part.names, start: start)
  }

  private mutating func saveCheckpoint(_ boundary: TransactionBoundary) throws(PipelineError) {
    try checkpoints.save(boundary, files: finished)
    finished.removeAll()
  }

  private mutating func parquet(
    _ body: (inout FlushWorker) throws(ParquetError) -> Void
  ) throws(PipelineError) {
    do { try body(&self) } catch { throw .parquet(error) }
  }
}
