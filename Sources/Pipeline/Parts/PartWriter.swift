import BinlogParser

/// The stage that writes: turns batches into named files, a part for each binlog file or several, and publishes them.
struct PartWriter<Format: PartFormat>: ~Copyable {
  private let format: Format
  private let output: PartOutput
  private let pool: Pool<Format.Batch>
  private let metrics: SharedMetrics
  private let commit: any Commit
  /// Facts about everything before the first part.
  private let origin: ResumePoint
  private var part: OutputPart<Format>?
  /// Where the run began: where the first part starts of which that is known.
  private var start: ResumePoint?
  private var partCount: UInt64 = 0
  private var serverVersion = ""
  private var bytesOfFinishedFiles: UInt64 = 0
  /// Files that became complete since the last checkpoint.
  private var finished: [PublishedFile] = []

  /// A writer of files in `format`.
  ///
  /// - Parameter start: what is known of everything before the first part.
  init(
    _ format: Format, _ output: PartOutput, pool: Pool<Format.Batch>, metrics: SharedMetrics, commit: any Commit,
    start: ResumePoint
  ) {
    self.format = format
    self.output = output
    self.pool = pool
    self.metrics = metrics
    self.commit = commit
    origin = start
  }

  /// Works until the queue is finished or cancelled; files that are not visible by then are given up.
  ///
  /// - Throws: `PipelineError` for output that could not be written.
  mutating func run(_ queue: BoundedQueue<PartMessage<Format.Batch>>) throws(PipelineError) {
    while let message = queue.take() { try timed { worker throws(PipelineError) in try worker.handle(message) } }
    part?.abandon()
  }

  private mutating func timed(_ body: (inout PartWriter) throws(PipelineError) -> Void) throws(PipelineError) {
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

  private mutating func handle(_ message: PartMessage<Format.Batch>) throws(PipelineError) {
    switch message {
    case .beginFile(let name, let start, let boundary):
      let isFirst = part == nil
      try finishPart()
      if let boundary, !isFirst { try saveCheckpoint(boundary) }
      try begin(OutputPart(name, start: start, format, output))
    case .beginOutput(let start): part?.start = start
    case .serverVersion(let version): serverVersion = version
    case .reached(let position): part?.lastPosition = position
    case .batch(let batch, let partition, let end):
      if let part { part.lastPosition = max(part.lastPosition, end) }
      try part?.write(batch, of: partition, serverVersion: serverVersion)
      batch.removeAll()
      pool.give(batch)
      metrics.update { $0.batches += 1 }
    case .cut(let boundary):
      part?.lastPosition = boundary.position.offset
      try finishPart()
      try saveCheckpoint(boundary)
      let place = boundary.position
      try begin(OutputPart(place.file, start: place.offset, format, output))
    case .finish(let boundary):
      try finishPart()
      if let boundary { try saveCheckpoint(boundary) }
    }
  }

  private mutating func begin(_ part: OutputPart<Format>) throws(PipelineError) {
    self.part = part
    partCount += 1
    guard output.naming.hasFileForEachBinlog else { return }
    try part.open(.whole, serverVersion: serverVersion)
  }

  /// Lets the part's files appear. The store is told before: a run may die when some of them are visible, or all of them, and
  /// there is no checkpoint that covers them.
  private mutating func finishPart() throws(PipelineError) {
    guard let part else { return }
    try prepare(part)
    let files: [PublishedFile]
    do throws(PipelineError) { files = try part.publish(serverVersion: serverVersion) } catch {
      part.abandon()
      throw error
    }
    finished += files
    bytesOfFinishedFiles += UInt64(files.reduce(0) { $0 + $1.file.bytes })
    self.part = nil
  }

  private mutating func prepare(_ part: OutputPart<Format>) throws(PipelineError) {
    if start == nil, let offset = part.start {
      start = ResumePoint(
        at: BinlogPosition(file: part.binlogFile, offset: offset), gtids: origin.gtids, timestamp: 0,
        fileCreated: 0, sequence: origin.sequence)
    }
    guard let start, !part.names.isEmpty else { return }
    try commit.prepare(part.names, start: start)
  }

  private mutating func saveCheckpoint(_ boundary: ResumePoint) throws(PipelineError) {
    try commit.commit(finished, at: boundary)
    finished.removeAll()
  }
}
