import BinlogParser
import Bytes

/// With what the stage that decodes begins.
struct ProcessingStart: Sendable {
  let decoder: EventDecoder
  /// Start of the stream.
  let place: ResumePoint
  /// The output ends with the transaction in which there are so many rows.
  let rowLimit: UInt64?
}

/// The stage that decodes: takes chunks of events, and shows their rows to its sink.
struct ProcessingWorker<Sink: EventSink & ~Copyable>: ~Copyable {
  private var decoder: EventDecoder
  private var sink: Sink
  private let chunks: Pool<EventChunk>
  private let metrics: SharedMetrics
  private var statements: StatementWatch
  private var unknownEvents: UnknownEventWatch
  private var emptiedTables: EmptiedTableWatch
  private var place: ProcessedPlace
  private var transaction = TransactionContext()
  private var sequence: RowSequence
  private let rowLimit: UInt64?

  init(
    _ start: ProcessingStart, sink: consuming Sink, chunks: Pool<EventChunk>, metrics: SharedMetrics,
    notice: @escaping @Sendable (PipelineNotice) -> Void
  ) {
    decoder = start.decoder
    place = ProcessedPlace(start.place)
    sequence = RowSequence(last: start.place.sequence)
    rowLimit = start.rowLimit
    statements = StatementWatch(notice)
    unknownEvents = UnknownEventWatch(notice)
    emptiedTables = EmptiedTableWatch(notice)
    self.sink = sink
    self.chunks = chunks
    self.metrics = metrics
  }

  /// Works until the queue is finished or cancelled, or the rows come to their limit: then nothing more is taken from it.
  ///
  /// - Throws: `PipelineError` for the first event that cannot be decoded, or whose rows cannot be written.
  mutating func run(_ queue: BoundedQueue<EventChunk>) throws(PipelineError) {
    let clock = ContinuousClock()
    while true {
      switch queue.take(until: place.isBetweenTransactions ? sink.cutTime : nil) {
      case .element(let chunk):
        let start = clock.now
        try guarded { worker throws(PipelineError) in try worker.process(chunk) }
        publish(chunk, clock.now - start)
        chunk.removeAll()
        chunks.give(chunk)
        guard isAtRowLimit else { continue }
        queue.cancel()
        try finish()
        return metrics.update { $0.reachedRowLimit = true }
      case .timedOut: try guarded { worker throws(PipelineError) in try worker.cut() }
      case .closed:
        guard !queue.wasCancelled else { return }
        return try finish()
      }
    }
  }

  private mutating func finish() throws(PipelineError) {
    try sink.finish(at: place.resumePoint)
    publish(nil, .zero)
  }

  /// True if the last transaction was the last that is wanted.
  private var isAtRowLimit: Bool {
    guard let rowLimit, place.isBetweenTransactions else { return false }
    return sink.figures.rows >= rowLimit
  }

  /// Runs `body`; when it throws, what was decoded before is shown.
  private mutating func guarded(_ body: (inout ProcessingWorker) throws(PipelineError) -> Void) throws(PipelineError) {
    do throws(PipelineError) { try body(&self) } catch {
      sink.flush()
      throw error
    }
  }

  private mutating func cut() throws(PipelineError) {
    if let point = place.resumePoint { try sink.cut(at: point) }
  }

  private mutating func process(_ chunk: EventChunk) throws(PipelineError) {
    guard let first = chunk.frames.first, let last = chunk.frames.last else { return }
    try begin(chunk, first)
    for frame in chunk.frames {
      if sink.showsTransactions, place.isBetweenTransactions, !frame.header.type.describesFile {
        transaction.begin(at: frame.start)
      }
      do throws(PipelineError) {
        let body = frame.body(in: chunk.bytes.bytes)
        try process(frame, body)
        statements.note(decoder.statementChanges, chunk.file, frame)
        try follow(frame, body)
      } catch {
        throw error.located(file: chunk.file, frame)
      }
      if isAtRowLimit { return try sink.endChunk(at: frame.end) }
    }
    try sink.endChunk(at: last.end)
  }

  /// Tells the sink where the chunk's events stand.
  private mutating func begin(_ chunk: EventChunk, _ first: EventFrame) throws(PipelineError) {
    if place.file != chunk.file {
      place.enterFile(of: chunk, first)
      try sink.beginFile(chunk.file, at: chunk.outputStart, place.resumePoint)
      place.noteOutputStart(isKnown: chunk.outputStart != nil)
      sequence.enter(chunk.file)
      decoder.file = chunk.file
    }
    guard !place.hasOutputStart, let start = chunk.outputStart else { return }
    place.noteOutputStart(isKnown: true)
    sink.beginOutput(at: start)
  }

  /// Notes where the event leaves the log, and cuts the output there if it is time.
  private mutating func follow(_ frame: EventFrame, _ body: RawSpan) throws(PipelineError) {
    do { try place.pass(frame, body, lastRow: sequence.last) } catch { throw .undecodable(error) }
    guard frame.isBoundary, !frame.isOutsideOfFile else { return }
    if sink.showsTransactions { sink.endTransaction(transaction) }
    if sink.isCutDue { try cut() }
  }

  private mutating func process(_ frame: EventFrame, _ body: RawSpan) throws(PipelineError) {
    if !frame.header.type.isKnown, let file = place.file { unknownEvents.note(frame, file) }
    if frame.header.type == .queryCompressed {
      do { try decoder.checkStatementSize(body) } catch { throw .binlog(error) }
    }
    if sink.showsTransactions {
      do { try transaction.accept(frame, body) } catch { throw .undecodable(error) }
    }
    try sink.event(frame, body, transaction)
    guard !frame.isRolledBack else { return }
    guard frame.header.type == .transactionPayload else { return try show(frame, body) }
    try unpack(frame, body)
  }

  private mutating func show(_ frame: EventFrame, _ body: RawSpan) throws(PipelineError) {
    let event: DecodedEvent
    do { event = try decoder.decode(frame, body) } catch { throw .binlog(error) }
    switch event {
    case .rows(let rows, let table):
      let count = sink.figures.rows
      let origin = RowsOrigin(
        frame: frame, firstSequence: sequence.first(at: frame.end), transaction: transaction)
      try sink.rows(rows, table, origin)
      sequence.pass(Int(sink.figures.rows - count), at: frame.end)
      if sink.showsTransactions, rows.endsStatement { transaction.endStatement() }
    case .formatDescription(let format):
      sink.format(format)
    case .rotate, .transactionPayload, .other: break
    }
    if frame.header.type == .query || frame.header.type == .queryCompressed, let emptied = decoder.emptied {
      try show(emptied, frame)
    }
  }

  /// Shows that rows went without being logged: as a warning, and as changes where the sink has a form for that. They have numbers in
  /// every output, so that other rows have the same in all.
  private mutating func show(_ emptied: EmptiedTables, _ frame: EventFrame) throws(PipelineError) {
    var shown = 0
    if decoder.wantsTruncation {
      switch emptied {
      case .whole(let tables):
        for table in tables { try truncate([table], frame) }
      case .schema(let schema):
        let known = try sink.tables(ofSchema: schema, before: sequence.first(at: frame.end))
        let tables = known.filter { decoder.includes($0) }
        try truncate(tables, frame)
        shown = tables.count
      case .partitions: break
      }
    }
    if let file = place.file { emptiedTables.note(emptied, shown: shown, file, frame) }
  }

  /// Shows that all rows of `tables` went, with one number: the statement may not name them, and outputs know different ones.
  private mutating func truncate(_ tables: [TableName], _ frame: EventFrame) throws(PipelineError) {
    let origin = RowsOrigin(
      frame: frame, firstSequence: sequence.first(at: frame.end), transaction: transaction)
    for table in tables { try sink.truncation(table, origin) }
    sequence.pass(1, at: frame.end)
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
    let emptiedTables = emptiedTables.count
    let place = place
    let unwantedRowEvents = decoder.unwantedRowEvents
    metrics.update { metrics in
      metrics.processing += elapsed
      metrics.events += UInt64(chunk?.frames.count ?? 0)
      metrics.eventBytes += UInt64(chunk?.bytes.count ?? 0)
      metrics.rows = figures.rows
      metrics.sequence = place.sequence
      metrics.replacements = figures.replacements
      metrics.statementChanges = statementChanges
      metrics.emptiedTables = emptiedTables
      metrics.unwantedRowEvents = unwantedRowEvents
      metrics.batches = max(metrics.batches, figures.batches)
      metrics.bytesWritten = max(metrics.bytesWritten, figures.bytesWritten)
    }
  }
}
