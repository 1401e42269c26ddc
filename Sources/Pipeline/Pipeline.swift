import BinlogParser
import Bytes
import Foundation
import Platform

/// The stages between the reader and the output, each on a thread of its own, with bounded queues between them.
///
///     reader (the caller) ── event queue ──► processing worker ── flush queue ──► flush worker ──► Parquet files
///                                            processing worker ──► text on standard output
///
/// The reader submits chunks of events and then calls `finish`, which waits for both workers. When a stage fails, the
/// others stop: `submit` returns false, and `finish` throws the first error.
public final class Pipeline: Sendable {
  /// What all stages counted so far.
  public let metrics = SharedMetrics()
  private let events: BoundedQueue<EventChunk>
  private let flushes = BoundedQueue<FlushMessage>(
    capacity: Pipeline.flushQueueCapacity, byteLimit: Pipeline.flushByteLimit)
  private let chunks: Pool<EventChunk>
  private let stages: StageGroup
  private let stopped: @Sendable () -> Void
  private let notice: @Sendable (PipelineNotice) -> Void

  /// Messages between the workers, most of them positions.
  private static let flushQueueCapacity = 32
  /// Bytes of batches between the workers: one of the usual size, and one always fits.
  private static let flushByteLimit = 4 << 20
  /// Chunks that wait to be filled again: as many full ones as there are at a time by default.
  private static let keptChunkCount = 4
  /// Batches of one partition that can be under way at once.
  private static let batchCount = 3
  /// Bytes of events between reader and processing worker at most, unless told otherwise; one chunk always fits.
  public static let defaultEventByteLimit = 32 << 20

  /// What the event queue may hold in bytes for each chunk of its capacity: many chunks of a live log, or a few full ones.
  private static let queuedByteCountPerChunk = 64 << 10

  /// A pipeline whose event queue holds `queueCapacity` chunks. Its threads run from now on.
  ///
  /// - Parameters:
  ///   - maxEventBytes: how many bytes the compressed part of an event may come to.
  ///   - eventByteLimit: how many bytes of events may wait for the processing worker at most.
  ///   - rowLimit: the output ends with the transaction in which there are so many rows, and no more events are taken.
  ///   - checkpoints: told how far the output is safe.
  ///   - start: what is known of what comes before the first event.
  ///   - stopped: called, on its thread, when a stage has failed or has reached the limit: nobody takes chunks any more.
  ///   - notice: called, on the processing worker's thread, with what is worth a warning.
  public init(
    output: Output, filter: TableFilter, columnNames: ColumnNames, queueCapacity: Int,
    maxEventBytes: Int = Limits.event, eventByteLimit: Int = Pipeline.defaultEventByteLimit, rowLimit: UInt64? = nil,
    checkpoints: Checkpoints, start: PipelineStart,
    stopped: @escaping @Sendable () -> Void = {}, notice: @escaping @Sendable (PipelineNotice) -> Void = { _ in }
  ) {
    self.notice = notice
    self.stopped = stopped
    stages = StageGroup(failed: stopped)
    chunks = Pool(limit: Self.keptChunkCount)
    events = BoundedQueue(
      capacity: queueCapacity,
      byteLimit: min(eventByteLimit, queueCapacity * Self.queuedByteCountPerChunk), countsTaken: true)
    let decoder = EventDecoder(filter: filter, columnNames: columnNames, maxEventBytes: maxEventBytes)
    let processing = ProcessingStart(
      decoder: decoder, transactions: TransactionTracker(gtids: start.gtids),
      sequence: RowSequence(last: start.sequence), rowLimit: rowLimit)
    switch output {
    case .stream(.text(let everyEvent)):
      startProcessing(processing) {
        StreamSink(TextWriter(everyEvent: everyEvent, maxEventBytes: maxEventBytes), checkpoints: checkpoints)
      }
    case .stream(.jsonLines(let settings)):
      startProcessing(processing) { StreamSink(JSONLinesWriter(settings), checkpoints: checkpoints) }
    case .parts(let parquet):
      // The memory of batches of many partitions is counted, and none of it kept.
      let pool = Pool<RowChangeBatch>(limit: parquet.partitioning.isActive ? 0 : Self.batchCount)
      let flushes = flushes
      let metrics = metrics
      startProcessing(processing) {
        ParquetSink(
          queue: flushes, pool: pool, metrics: metrics, output: parquet, keepsPlace: checkpoints.areKept)
      }
      self.start("flush") { () throws(PipelineError) in
        var worker = try FlushWorker(
          output: parquet, pool: pool, metrics: metrics, checkpoints: checkpoints, start: start)
        try worker.run(flushes)
      }
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
  public var wasAborted: Bool { flushes.wasCancelled }

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
    flushes.cancel()
  }

  private func startProcessing<Sink: EventSink & ~Copyable>(
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
    let flushes = flushes
    stages.start(name) { () throws(PipelineError) in
      do throws(PipelineError) { try body() } catch {
        events.cancel()
        flushes.cancel()
        throw error
      }
    }
  }
}

/// The threads of the stages, and the first error of any of them.
final class StageGroup: @unchecked Sendable {
  private let condition = NSCondition()
  private let failed: @Sendable () -> Void
  private var running = 0
  private var error: PipelineError?

  /// The decoder's recursion is bounded well below what this allows.
  private static let stackByteCount = 8 << 20

  /// No stages yet; `failed` is called, on its thread, when one has thrown.
  init(failed: @escaping @Sendable () -> Void) { self.failed = failed }

  /// Runs `body` on a thread named `name`.
  func start(_ name: String, _ body: @escaping @Sendable () throws(PipelineError) -> Void) {
    condition.lock()
    running += 1
    condition.unlock()
    let thread = Thread { [self] in
      do throws(PipelineError) {
        try body()
        end(nil)
      } catch {
        end(error)
      }
    }
    thread.name = name
    thread.stackSize = Self.stackByteCount
    thread.start()
  }

  /// Waits until every stage has ended.
  func wait() {
    condition.lock()
    while running > 0 { condition.wait() }
    condition.unlock()
  }

  /// What the first stage that failed has thrown.
  var firstError: PipelineError? {
    condition.lock()
    defer { condition.unlock() }
    return error
  }

  private func end(_ failure: PipelineError?) {
    condition.lock()
    running -= 1
    if error == nil { error = failure }
    condition.broadcast()
    condition.unlock()
    if failure != nil { failed() }
  }
}
