import BinlogParser
import Pipeline

/// Finishes what a stream has handed to its pipeline, when the reading has ended.
struct StreamFinisher {
  private let session: Session
  private let pipeline: Pipeline
  private let state: SessionState
  private let stream: OpenedStream

  /// The end of `stream` that was read into `pipeline`, up to `state`.
  init(_ session: Session, _ pipeline: Pipeline, _ state: SessionState, _ stream: OpenedStream) {
    self.session = session
    self.pipeline = pipeline
    self.state = state
    self.stream = stream
  }

  private var writesParts: Bool { session.configuration.output.delivery.place != nil }

  /// Writes what is to be written, and says how the run goes on.
  func finish(_ end: SessionEnd) throws(RunError) -> Session.Step {
    switch end.closing(writesParts: writesParts, isWhole: state.hasHandedWholeTransactions) {
    case .write: break
    case .abort: pipeline.abort()
    case .writeAndRestart: return .again(try writeAndRestart())
    case .discardAndRestart: return .again(discardAndRestart())
    case .writeAndFail(let file):
      try finishPipeline()
      throw .logReset(file: file, written: ResumePoint(at: state.boundary), received: state.boundary)
    case .abortAndFail(let file):
      pipeline.abort()
      try finishPipeline()
      throw .logReset(file: file, written: written, received: state.boundary)
    }
    try finishPipeline()
    session.report.totals(pipeline.metrics.snapshot)
    session.warnOfGaps(ended: end.isEndOfRangeOrLog)
    if end == .stoppedInTransaction { try judgeWhatWasAborted() }
    return .ended(outcome(reason(end)))
  }

  private func finishPipeline() throws(RunError) {
    do { try pipeline.finish() } catch { throw .pipeline(error, reached: state.reached) }
  }

  // MARK: The outcome

  private func reason(_ end: SessionEnd) -> RunOutcome.Reason {
    end.reason(
      isBounded: session.configuration.isBounded, reachedRowLimit: pipeline.metrics.snapshot.reachedRowLimit,
      wasAborted: pipeline.wasAborted)
  }

  private func outcome(_ reason: RunOutcome.Reason) -> RunOutcome {
    RunOutcome(
      reason: reason, server: stream.facts.server, start: stream.start, next: written,
      events: pipeline.metrics.snapshot.events, files: session.finished.files)
  }

  // MARK: Written and discarded

  /// Up to where everything is written.
  private var written: ResumePoint { stream.checkpoints.latest ?? stream.start }

  /// True if complete transactions were received that are not written.
  private var hasUnwritten: Bool { written.position != state.boundary }

  /// After a stop signal that found a part of a transaction in the output. What was given up with it comes again if there
  /// is a checkpoint that says from where on.
  private func judgeWhatWasAborted() throws(RunError) {
    guard writesParts, hasUnwritten else { return }
    guard session.keepsPlace else { throw .unwritten(from: written) }
    session.log.warning("what was received from \(written) on is given up with it, and comes again with the next run")
  }

  /// Writes everything; returns the state in which the next stream begins behind it.
  private func writeAndRestart() throws(RunError) -> ResumeState {
    try finishPipeline()
    var place = state.nextStart
    place.sequence = pipeline.metrics.snapshot.sequence
    return resume(behind: place)
  }

  /// Discards the file that is not complete, and with it the rows that will come again; returns the state in which the next
  /// stream begins behind the last that is.
  private func discardAndRestart() -> ResumeState {
    pipeline.cancel()
    var place = written
    if place.fileCreated == 0 { place.fileCreated = state.created(place.position.file) }
    return resume(behind: place)
  }

  private func resume(behind place: ResumePoint) -> ResumeState {
    let checkpoint = stream.checkpoints.checkpoint(of: place)
    return ResumeState(
      start: checkpoint, known: checkpoint, hasStreamed: true, hasUnwritten: writesParts && hasUnwritten)
  }
}
