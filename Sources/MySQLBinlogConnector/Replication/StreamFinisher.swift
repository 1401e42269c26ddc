import BinlogParser
import Pipeline

/// Finishes what a stream has handed to its pipeline, when the reading has ended.
struct StreamFinisher {
  private let session: Session
  private let pipeline: Pipeline
  private let reader: Reader
  private let stream: OpenedStream

  /// The end of the stream of `stream` that `reader` read into `pipeline`.
  init(_ session: Session, _ pipeline: Pipeline, _ reader: Reader, _ stream: OpenedStream) {
    self.session = session
    self.pipeline = pipeline
    self.reader = reader
    self.stream = stream
  }

  private var writesParts: Bool { session.configuration.output.delivery.place != nil }

  /// Writes what is to be written, and says how the run goes on.
  func finish(_ end: Reader.End) throws(RunError) -> Session.Step {
    switch end {
    case .sourceChanged(.logReset(let file)): throw try loss(of: file)
    case .sourceChanged: return .again(try restart())
    case .timeOverInTransaction: pipeline.abort()
    case .stoppedInTransaction where writesParts: pipeline.abort()
    default: break
    }
    try finishPipeline()
    session.report.totals(pipeline.metrics.snapshot)
    session.warnOfGaps(ended: end.isEndOfRangeOrLog)
    if case .stoppedInTransaction = end { try judgeWhatWasAborted() }
    return .ended(outcome(reason(end)))
  }

  private func finishPipeline() throws(RunError) {
    do { try pipeline.finish() } catch { throw .pipeline(error, reached: reader.reached) }
  }

  // MARK: The outcome

  private func reason(_ end: Reader.End) -> RunOutcome.Reason {
    if pipeline.metrics.snapshot.reachedRowLimit { return .limit }
    if case .stoppedInTransaction = end { return .stopRequested }
    if pipeline.wasAborted { return .deadline }
    switch end {
    case .rangeEnd: return session.configuration.isBounded ? .stopPosition : .caughtUp
    case .endOfLog: return .caughtUp
    case .stopRequested, .stoppedInTransaction: return .stopRequested
    case .timeOver, .timeOverInTransaction, .pipelineStopped, .sourceChanged: return .deadline
    }
  }

  private func outcome(_ reason: RunOutcome.Reason) -> RunOutcome {
    let boundary = stream.checkpoints.latest
    return RunOutcome(
      reason: reason, server: stream.facts.server, start: stream.start, next: written,
      startSequence: stream.sequence, sequence: boundary?.sequence ?? stream.sequence,
      events: pipeline.metrics.snapshot.events,
      files: session.finished.files,
      timestamp: boundary?.timestamp ?? 0)
  }

  // MARK: What is written, and what is given up

  /// Up to where everything is written.
  private var written: StreamStart {
    stream.checkpoints.latest.map { .position($0.position, gtids: $0.gtids) } ?? stream.start
  }

  /// True if complete transactions were received that are not written.
  private var hasUnwritten: Bool { written.position != reader.boundary }

  /// After a stop signal that found a part of a transaction in the output. What was given up with it comes again if there
  /// is a checkpoint that says from where on.
  private func judgeWhatWasAborted() throws(RunError) {
    guard writesParts, hasUnwritten else { return }
    guard session.keepsPlace else { throw .unwritten(from: written) }
    session.log.warning("what was received from \(written) on is given up with it, and comes again with the next run")
  }

  /// The error of a log that was begun anew. What was received of the lost one cannot come again: as far as it is complete it
  /// is written, unless the output already has a part of a transaction whose end will never come.
  private func loss(of file: String) throws(RunError) -> RunError {
    let isWhole = !writesParts || reader.hasHandedWholeTransactions
    if !isWhole { pipeline.abort() }
    try finishPipeline()
    return .logReset(
      file: file, written: isWhole ? .position(reader.boundary, gtids: nil) : written, received: reader.boundary)
  }

  /// Ends a stream whose log did not go on as it did; returns from where to begin anew.
  private func restart() throws(RunError) -> ResumeState {
    let boundary: TransactionBoundary?
    if writesParts {
      // The file that is not complete goes, and with it the rows that will come again.
      pipeline.cancel()
      boundary = stream.checkpoints.latest
    } else {
      try finishPipeline()
      boundary = TransactionBoundary(
        position: reader.boundary, gtids: reader.gtids, timestamp: 0,
        fileCreated: reader.created(reader.boundary.file), sequence: pipeline.metrics.snapshot.sequence)
    }
    let checkpoint = stream.checkpoints.checkpoint(of: boundary ?? startBoundary)
    return ResumeState(
      start: checkpoint, known: checkpoint, hasStreamed: true, hasUnwritten: writesParts && hasUnwritten)
  }

  private var startBoundary: TransactionBoundary {
    TransactionBoundary(
      position: stream.start.position, gtids: stream.start.gtids, timestamp: 0,
      fileCreated: reader.created(stream.start.position.file), sequence: stream.sequence)
  }
}
