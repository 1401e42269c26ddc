import BinlogParser

/// The stages between the reader and the output, each on a thread of its own, with bounded queues between them.
///
///     reader (the caller) ── event queue ──► processing worker ── part queue ──► part writer ──► files
///                                            processing worker ──► standard output
///
/// The reader submits chunks of events and then calls `finish`, which waits for both workers. When a stage fails, the
/// others stop: `submit` returns false, and `finish` throws the first error.
public final class Pipeline: Sendable {
  /// What all stages counted so far.
  public let metrics = SharedMetrics()
  private let events: BoundedQueue<EventChunk>
  /// The queue between the workers; nil where there is only one.
  private let parts: (any CancellableQueue)?
  private let chunks: Pool<EventChunk>
  private let stages: StageGroup
  private let stopped: @Sendable () -> Void
  private let notice: @Sendable (PipelineNotice) -> Void

  /// Messages between the workers, most of them positions.
  private static let partQueueCapacity = 32
  /// Bytes of batches between the workers: one of the usual size, and one always fits.
  private static let partQueueByteLimit = 4 << 20
  /// Chunks that wait to be filled again: as many full ones as there are at a time by default.
  private static let keptChunkCount = 4
  /// What the event queue may hold in bytes for each chunk of its capacity: many chunks of a live log, or a few full ones.
  private static let queuedByteCountPerChunk = 64 << 10

  /// A pipeline from events to `output`. Its threads run from now on.
  ///
  /// - Parameters:
  ///   - checkpoints: told how far the output is safe.
  ///   - start: what is known of what comes before the first event.
  ///   - stopped: called, on its thread, when a stage has failed or has reached the limit: nobody takes chunks any more.
  ///   - notice: called, on the processing worker's thread, with what is worth a warning.
  public init(
    output: Output, decoding: DecodingSettings, limits: PipelineLimits, checkpoints: Checkpoints, start: ResumePoint,
    stopped: @escaping @Sendable () -> Void = {}, notice: @escaping @Sendable (PipelineNotice) -> Void = { _ in }
  ) {
    self.notice = notice
    self.stopped = stopped
    stages = StageGroup(failed: stopped)
    chunks = Pool(limit: Self.keptChunkCount)
    events = BoundedQueue(
      capacity: limits.queuedChunks,
      byteLimit: min(limits.queuedBytes, limits.queuedChunks * Self.queuedByteCountPerChunk), countsTaken: true)
    let decoder = EventDecoder(
      filter: decoding.filter, columnNames: decoding.columnNames, maxEventBytes: limits.eventBytes)
    let processing = ProcessingStart(
      decoder: decoder, place: start, rowLimit: limits.rows)
    switch output {
    case .stream(let format):
      parts = nil
      format.start(self, processing, checkpoints)
    case .parts(let output):
      let stages = output.format.stages()
      parts = stages.queue
      stages.start(self, output, processing, checkpoints, start)
    }
  }

  /// An empty chunk for events of `file`, to be filled and submitted.
  public func chunk(of file: String) -> EventChunk {
    guard let chunk = chunks.take() else { return EventChunk(file: file) }
    chunk.begin(file)
    return chunk
  }

  /// Takes back a chunk that is not to be submitted, to be filled anew.
  public func discard(_ chunk: EventChunk) {
    chunk.removeAll()
    chunks.give(chunk)
  }

  /// Gives a chunk to the processing worker, once there is room for it.
  ///
  /// Returns false when a stage has failed; `finish` then throws its error.
  public func submit(_ chunk: sending EventChunk) -> Bool {
    let weight = chunk.bytes.count
    return events.put(chunk, weight: weight)
  }

  /// No more chunks will come: waits until everything submitted was written and files are complete.
  ///
  /// - Throws: the error of the first stage that failed.
  public func finish() throws(PipelineError) {
    events.finish()
    stages.wait()
    if let error = stages.firstError { throw error }
  }

  /// True if no more chunks are taken.
  public var isClosed: Bool { events.isOver }

  /// True if output that was not complete was given up.
  public var wasAborted: Bool { parts?.wasCancelled ?? events.wasCancelled }

  /// The error of the first stage that failed, so far.
  public var failure: PipelineError? { stages.firstError }

  /// Stops the workers at once: a file that is not complete is given up, and finished ones stay.
  public func cancel() {
    abort()
    stages.wait()
  }

  /// Begins what `cancel` does, without waiting for it: `submit` returns false from now on, and `finish` comes back.
  public func abort() {
    events.cancel()
    parts?.cancel()
  }

  static func partQueue<Batch>(of batch: Batch.Type) -> BoundedQueue<PartMessage<Batch>> {
    BoundedQueue(capacity: partQueueCapacity, byteLimit: partQueueByteLimit)
  }

  /// Starts the stage that writes what comes through `queue`; returns the pool to which it gives batches back.
  func startWriting<Format: PartFormat>(
    _ output: PartOutput, _ queue: BoundedQueue<PartMessage<Format.Batch>>, _ commit: any Commit,
    _ start: ResumePoint, _ format: @escaping @Sendable () throws(PipelineError) -> Format
  ) -> Pool<Format.Batch> {
    let pool = Pool<Format.Batch>(limit: PartTarget<Format.Batch>.batchCount)
    let metrics = metrics
    self.start("flush") { () throws(PipelineError) in
      var writer = PartWriter(
        try format(), output, pool: pool, metrics: metrics, commit: commit, start: start)
      try writer.run(queue)
    }
    return pool
  }

  func startProcessing<Sink: EventSink & ~Copyable>(
    _ start: ProcessingStart, _ sink: @escaping @Sendable () -> Sink
  ) {
    let events = events
    let chunks = chunks
    let metrics = metrics
    let notice = notice
    let stopped = stopped
    self.start("processing") { () throws(PipelineError) in
      var worker = ProcessingWorker(start, sink: sink(), chunks: chunks, metrics: metrics, notice: notice)
      try worker.run(events)
      if metrics.snapshot.reachedRowLimit { stopped() }
    }
  }

  private func start(_ name: String, _ body: @escaping @Sendable () throws(PipelineError) -> Void) {
    let events = events
    let parts = parts
    stages.start(name) { () throws(PipelineError) in
      do throws(PipelineError) { try body() } catch {
        events.cancel()
        parts?.cancel()
        throw error
      }
    }
  }
}
