import BinlogParser
import Pipeline

/// Finishes what a stream has handed to its pipeline, when the reading has ended.
struct StreamEnding {
  private let run: StreamRun
  private let pipeline: Pipeline
  private let reader: Reader
  private let stage: Stage

  /// The end of the stream of `stage` that `reader` read into `pipeline`.
  init(_ run: StreamRun, _ pipeline: Pipeline, _ reader: Reader, _ stage: Stage) {
    self.run = run
    self.pipeline = pipeline
    self.reader = reader
    self.stage = stage
  }

  private var writesParts: Bool { run.configuration.output.delivery.place != nil }

  /// Writes what is to be written, and says how the run goes on.
  func finish(_ end: Reader.End) throws(RunError) -> StreamRun.Step {
    switch end {
    case .sourceChanged(.otherLog(let file)): throw try loss(of: file)
    case .sourceChanged: return .again(try giveUp())
    case .givenUp: pipeline.giveUp()
    case .cutOff where writesParts: pipeline.giveUp()
    default: break
    }
    try finishPipeline()
    run.report.totals(pipeline.metrics.snapshot)
    run.warnOfGaps(ended: end.isEndOfRangeOrLog)
    if case .cutOff = end { try judgeWhatWasCutOff() }
    return .ended(outcome(reason(end)))
  }

  private func finishPipeline() throws(RunError) {
    do { try pipeline.finish() } catch { throw .pipeline(error, reached: reader.reached) }
  }

  // MARK: The outcome

  private func reason(_ end: Reader.End) -> RunOutcome.Reason {
    if pipeline.metrics.snapshot.reachedRowLimit { return .limit }
    if case .cutOff = end { return .stopRequested }
    if pipeline.wasGivenUp { return .deadline }
    switch end {
    case .rangeEnd: return run.configuration.isBounded ? .stopPosition : .caughtUp
    case .endOfLog: return .caughtUp
    case .stopRequested, .cutOff: return .stopRequested
    case .timeOver, .givenUp, .pipelineStopped, .sourceChanged: return .deadline
    }
  }

  private func outcome(_ reason: RunOutcome.Reason) -> RunOutcome {
    let boundary = stage.checkpoints.latest
    return RunOutcome(
      reason: reason, server: stage.facts.server, start: stage.start, next: written,
      startSequence: stage.sequence, sequence: boundary?.sequence ?? stage.sequence,
      events: pipeline.metrics.snapshot.events,
      files: run.finished.files,
      timestamp: boundary?.timestamp ?? 0)
  }

  // MARK: What is written, and what is given up

  /// Up to where everything is written.
  private var written: StreamStart {
    stage.checkpoints.latest.map { .position($0.position, gtids: $0.gtids) } ?? stage.start
  }

  /// True if complete transactions were received that are not written.
  private var hasUnwritten: Bool { written.position != reader.boundary }

  /// After a stop signal that found a part of a transaction in the output. What was given up with it comes again if there
  /// is a checkpoint that says from where on.
  private func judgeWhatWasCutOff() throws(RunError) {
    guard writesParts, hasUnwritten else { return }
    guard run.keepsPlace else { throw .unwritten(from: written) }
    run.log.warning("what was received from \(written) on is given up with it, and comes again with the next run")
  }

  /// The error of a log that was begun anew. What was received of the lost one cannot come again: as far as it is complete it
  /// is written, unless the output already has a part of a transaction whose end will never come.
  private func loss(of file: String) throws(RunError) -> RunError {
    let isWhole = !writesParts || reader.hasHandedWholeTransactions
    if !isWhole { pipeline.giveUp() }
    try finishPipeline()
    return .logBegunAnew(
      file: file, written: isWhole ? .position(reader.boundary, gtids: nil) : written, received: reader.boundary)
  }

  /// Ends a stream whose log did not go on as it did; returns from where to begin anew.
  private func giveUp() throws(RunError) -> StreamRun.History {
    let boundary: TransactionBoundary?
    if writesParts {
      // The file that is not complete goes, and with it the rows that will come again.
      pipeline.cancel()
      boundary = stage.checkpoints.latest
    } else {
      try finishPipeline()
      boundary = TransactionBoundary(
        position: reader.boundary, gtids: reader.gtids, timestamp: 0,
        fileCreated: reader.created(reader.boundary.file), sequence: pipeline.metrics.snapshot.sequence)
    }
    let checkpoint = stage.checkpoints.checkpoint(of: boundary ?? startBoundary)
    return StreamRun.History(
      start: checkpoint, known: checkpoint, goesOn: true, hasUnwritten: writesParts && hasUnwritten)
  }

  private var startBoundary: TransactionBoundary {
    TransactionBoundary(
      position: stage.start.position, gtids: stage.start.gtids, timestamp: 0,
      fileCreated: reader.created(stage.start.position.file), sequence: stage.sequence)
  }
}
