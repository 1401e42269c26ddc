import BinlogParser
import MySQLWire
import Pipeline
import Platform

/// One stream of a session: from the first event to the last word of its pipeline.
extension Session {
  /// Limit of queued bytes in a run whose time is short: they must be written soon when it is over.
  private static let hurriedEventByteLimit = 2 << 20

  /// Streams to the end.
  func stream(
    _ opened: OpenedStream, _ replica: Replica?, _ incomplete: inout [BinlogPosition]
  ) throws(RunError) -> Step {
    let range = configuration.range.beginning(at: opened.start.position)
    let pipeline = pipeline(opened)
    request.timeLimit?.watch(pipeline)
    log.info("pipeline started: \(pipelineSummary)")
    // On a terminal that also shows the rows, a line that redraws itself would disturb them.
    let redraws = configuration.output.delivery.place != nil || !Terminal.isTerminal(1)
    let progress = Progress(redraws: redraws)
    let status = StreamStatus(range.from)
    let scope = SessionState.Scope(
      opened.reconnector == nil ? .files : .server, range, configuration.stop, opened.timeStop)
    var reader = Reader(
      opened.source, into: pipeline, SessionState(from: opened.start, scope, incomplete: incomplete),
      checksum: opened.checksum, ReadingProgress(status, progress, byteCount: opened.facts.byteCount(of: range)),
      opened.reconnector, request.timeLimit)
    let monitor = replica.flatMap { lagMonitor($0, opened.facts.identity, status) }
    monitor?.start()
    defer { monitor?.stop() }
    // Where time is short, the output goes first.
    defer { if request.timeLimit != nil { Self.end(reader.source, replica) } }
    let end: SessionEnd
    do {
      defer { if request.timeLimit == nil { Self.end(reader.source, replica) } }
      end = try read(&reader, pipeline, progress, replica, opened.facts.identity)
    }
    report.ended(end, reader.state.reached, range)
    report.rolledBack(reader.rollbacks)
    if reader.progress.hasEvents { coverage.hasEvents = true }
    incomplete = reader.state.incomplete
    return try StreamFinisher(self, pipeline, reader.state, opened).finish(end)
  }

  private static func end(_ source: EventSource, _ replica: Replica?) {
    if case .server(let connection) = source { replica?.end(connection) }
  }

  private func pipeline(_ opened: OpenedStream) -> Pipeline {
    Pipeline(
      output: output(opened), decoding: DecodingSettings(filter: coverage.filter, columnNames: opened.columnNames),
      limits: PipelineLimits(
        queuedChunks: configuration.output.queueCapacity,
        queuedBytes: request.timeLimit == nil ? PipelineLimits.defaultQueuedBytes : Self.hurriedEventByteLimit,
        eventBytes: configuration.maxEventBytes, rows: request.rowLimit),
      checkpoints: opened.checkpoints, start: opened.start,
      stopped: { [interrupt] in interrupt.force() }, notice: RunReport.warn)
  }

  private var pipelineSummary: String {
    let output = configuration.output
    return "batch_size=\(output.parquetBatchSize) queue_capacity=\(output.queueCapacity)"
  }

  private func lagMonitor(_ replica: Replica, _ server: ServerIdentity, _ status: StreamStatus) -> LagMonitor? {
    let seconds = configuration.server.lagIntervalSeconds
    guard !configuration.isBounded, !request.isOneOfMany, seconds > 0 else { return nil }
    return LagMonitor(replica.connectionOptions(interrupt: nil), of: server, status, intervalSeconds: seconds)
  }

  /// Reads to the end; when that fails, the pipeline is stopped, and an error of its own goes first.
  private func read(
    _ reader: inout Reader, _ pipeline: Pipeline, _ progress: Progress, _ replica: Replica?, _ server: ServerIdentity
  ) throws(RunError) -> SessionEnd {
    defer { progress.finish() }
    do throws(RunError) {
      return try reader.run()
    } catch {
      if isWritten(after: error, reader) { try? pipeline.finish() } else { pipeline.cancel() }
      // What a stage found wrong lies before the place to which the reader came.
      if let failure = pipeline.failure { throw .pipeline(failure, reached: reader.state.reached) }
      guard case .wire(let failure, let reached) = error, error.isAboutMissingLog else { throw error }
      throw .missingLog(failure, reached: reached, oldest: oldestBinlog(replica, server))
    }
  }

  /// True if what came before `error` is written: text shows every row; a Parquet file that is not complete must not
  /// appear, unless no other run could write its rows, because the server no longer has them.
  private func isWritten(after error: RunError, _ reader: Reader) -> Bool {
    if configuration.output.delivery == .stream { return true }
    return error.isAboutMissingLog && reader.state.hasHandedWholeTransactions
      && reader.state.boundary != reader.state.start.position
  }

  /// The first file that the server still has, where it tells.
  private func oldestBinlog(_ replica: Replica?, _ server: ServerIdentity) -> String? {
    guard let replica else { return nil }
    return try? ServerFacts.oldestBinlog(replica.connectionOptions(interrupt: nil), of: server)
  }
}
