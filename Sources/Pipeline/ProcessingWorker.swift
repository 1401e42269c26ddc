import BinlogParser
import Bytes

/// The stage that decodes: takes chunks of events, and shows their rows to its sink.
struct ProcessingWorker<Sink: EventSink & ~Copyable>: ~Copyable {
  private var decoder: EventDecoder
  private var sink: Sink
  private let metrics: SharedMetrics
  private var watch: StatementWatch
  private var file: String?

  init(decoder: EventDecoder, sink: consuming Sink, metrics: SharedMetrics, watch: StatementWatch) {
    self.watch = watch
    self.decoder = decoder
    self.sink = sink
    self.metrics = metrics
  }

  /// Works until the queue is finished or cancelled.
  ///
  /// - Throws: `PipelineError` for the first event that cannot be decoded, or whose rows cannot be written.
  mutating func run(_ queue: BoundedQueue<EventChunk>) throws(PipelineError) {
    let clock = ContinuousClock()
    while let chunk = queue.take() {
      let start = clock.now
      do throws(PipelineError) { try process(chunk) } catch {
        sink.giveUp()
        throw error
      }
      publish(chunk, clock.now - start)
    }
    guard !queue.wasCancelled else { return }
    try sink.finish()
    publish(nil, .zero)
  }

  private mutating func process(_ chunk: EventChunk) throws(PipelineError) {
    guard let first = chunk.frames.first, let last = chunk.frames.last else { return }
    if file != chunk.file {
      try sink.beginFile(chunk.file, at: first.start)
      file = chunk.file
    }
    for frame in chunk.frames {
      do throws(PipelineError) {
        try process(frame, frame.body(in: chunk.bytes.bytes))
      } catch {
        throw error.located(file: chunk.file, frame)
      }
      watch.note(decoder.statementChanges, chunk.file, frame)
    }
    try sink.endChunk(at: last.end)
  }

  private mutating func process(_ frame: EventFrame, _ body: RawSpan) throws(PipelineError) {
    if frame.header.type == .queryCompressed {
      do { try decoder.checkStatementSize(body) } catch { throw .binlog(error) }
    }
    try sink.event(frame, body)
    guard frame.header.type == .transactionPayload else { return try show(frame, body) }
    try unpack(frame, body)
  }

  private mutating func show(_ frame: EventFrame, _ body: RawSpan) throws(PipelineError) {
    let event: DecodedEvent
    do { event = try decoder.decode(frame, body) } catch { throw .binlog(error) }
    switch event {
    case .rows(let rows, let table): try sink.rows(rows, table, frame)
    case .formatDescription(let format): sink.format(format)
    case .rotate, .transactionPayload, .other: break
    }
  }

  /// Shows the events of a TRANSACTION_PAYLOAD, which are all in the payload's place.
  private mutating func unpack(_ frame: EventFrame, _ body: RawSpan) throws(PipelineError) {
    var events = try frame.payloadEvents(body, maxEventBytes: decoder.maxEventBytes)
    while let inner = try events.nextFrame() {
      do throws(PipelineError) { try process(inner, inner.body(in: events.bytes)) } catch {
        throw error.within(inner)
      }
    }
  }

  private func publish(_ chunk: EventChunk?, _ elapsed: Duration) {
    let figures = sink.figures
    let statementChanges = decoder.statementChanges
    metrics.update { metrics in
      metrics.processing += elapsed
      metrics.events += UInt64(chunk?.frames.count ?? 0)
      metrics.eventBytes += UInt64(chunk?.bytes.count ?? 0)
      metrics.rows = figures.rows
      metrics.replacements = figures.replacements
      metrics.statementChanges = statementChanges
      metrics.batches = max(metrics.batches, figures.batches)
      metrics.bytesWritten = max(metrics.bytesWritten, figures.bytesWritten)
    }
  }
}
