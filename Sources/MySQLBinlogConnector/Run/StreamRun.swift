import BinlogParser
import Logging
import MySQLWire
import ObjectStore
import Pipeline
import Platform

/// One run, from the connection to the last log line: what the command line and a Lambda function have in common.
struct StreamRun {
  var configuration: Configuration
  let request: RunRequest
  let interrupt: InterruptSource
  let report: RunReport
  let finished = FinishedFiles()
  let coverage: RunCoverage
  let log = Logger(label: "main")
  /// The object store, where the output or the checkpoint is in one.
  let objectStore: S3Client?

  /// A run whose waits `interrupt` ends.
  init(_ configuration: Configuration, _ request: RunRequest = RunRequest(), _ interrupt: InterruptSource) {
    self.configuration = configuration
    self.request = request
    self.interrupt = interrupt
    report = RunReport(configuration)
    coverage = RunCoverage(configuration.filter.tables)
    objectStore = configuration.objectStore.map {
      S3Client($0, deadline: request.timeLimit?.storeDeadline, retrying: RunReport.warn)
    }
  }

  /// Streams the configured range, or as much of it as the request allows.
  ///
  /// - Throws: `RunError` for whatever kept it from being written whole.
  func run() throws(RunError) -> RunOutcome {
    let store = try checkpointStore()
    defer { store?.release() }
    let kept = try load(store)
    try removeUnfinished(kept, in: store)
    let first: Checkpoint?
    switch request.start {
    case .kept: first = kept
    case .configured: first = nil
    case .place(let place): first = place
    }
    if let kept, first != kept { warn(of: kept) }
    coverage.isContinued = first != nil
    if let files = configuration.files { return try stream(files, store, first) }
    return try streamFromServer(store, History(start: first, known: kept ?? first))
  }

  // MARK: Files

  /// Streams from files on this machine.
  private func stream(
    _ files: FileSettings, _ store: (any CheckpointStore)?, _ last: Checkpoint?
  ) throws(RunError) -> RunOutcome {
    let start = try StartResolver(configuration).start(last, in: files)
    let facts = ServerFacts(of: files)
    let range = configuration.range.beginning(at: start.position)
    let timeStop = try StartResolver(configuration).timeStop(from: start, last, .files(files))
    if last == nil { try checkOrder(start, range) }
    if let outcome = nothingToDo(start, timeStop, range, facts, last) { return outcome }
    let stage = Stage(
      source: .files(files.source(of: range)), start: start, sequence: last?.sequence ?? 0, timeStop: timeStop,
      facts: facts, checksum: .none,
      columnNames: ColumnNames(configuration.output),
      checkpoints: Checkpoints(store, server: facts.server, after: last), resumption: nil)
    var torn: [BinlogPosition] = []
    guard case .ended(let outcome) = try stream(stage, nil, &torn) else {
      preconditionFailure("files do not change while they are read")
    }
    return outcome
  }

  // MARK: A server

  /// What is known from earlier runs, and from the earlier part of this one.
  struct History {
    /// Where to begin; nil where the configuration says it.
    let start: Checkpoint?
    /// The last checkpoint, even if the run begins elsewhere.
    let known: Checkpoint?
    /// True if this run has streamed before.
    var goesOn = false
    /// True if it has then received complete transactions behind `start`, which were given up.
    var hasUnwritten = false

    /// True if the run begins at the last checkpoint, if there is one.
    var beginsAtKnown: Bool {
      guard let start, let known else { return known == nil }
      return start.position == known.position && start.server.isSame(as: known.server)
    }
  }

  /// What one stream came to.
  enum Step {
    /// All is done.
    case ended(RunOutcome)
    /// The log did not go on as it did: the run begins anew behind what is written.
    case again(History)
  }

  private func streamFromServer(_ store: (any CheckpointStore)?, _ first: History) throws(RunError) -> RunOutcome {
    let replica = Replica(configuration, interrupt, request.timeLimit)
    let run = try atLogEnd(replica, isContinued: first.start != nil)
    // The dump of the run before this one may be hanging at the server still.
    if request.isOneOfMany { replica.renewServerID() }
    let limitSeconds = configuration.server.maxReconnectSeconds ?? (isNonBlocking ? 60 : 0)
    let opening = StreamOpening(run, replica, store, Outage(interrupt, limitSeconds: limitSeconds))
    var torn: [BinlogPosition] = []
    var history = first
    while true {
      let stage: Stage
      switch try opening.open(history) {
      case .nothingToDo(let outcome): return outcome
      case .stage(let opened): stage = opened
      }
      switch try run.stream(stage, replica, &torn) {
      case .ended(let outcome): return outcome
      case .again(let next):
        try removeUnfinished(next.start, in: store, claims: false)
        history = next
      }
    }
  }

  /// True if the stream ends with the log.
  var isNonBlocking: Bool { configuration.isBounded || request.isOneOfMany }

  /// The outcome where the run before this one reached the end of the range; else nil.
  func nothingToDo(
    _ start: StreamStart, _ timeStop: TimeStop?, _ range: BinlogRange, _ facts: ServerFacts, _ last: Checkpoint?
  ) -> RunOutcome? {
    let isBehindTime = timeStop?.isPassed(by: start.position) == true
    guard isBehindTime || range.isPassed(by: start.position) || configuration.stop.isReached(by: start.gtids) else {
      return nil
    }
    log.info("the start \(start) is at the end of the range: there is nothing to do")
    warnOfGaps(ended: true)
    return RunOutcome(
      reason: .stopPosition, server: facts.server, start: start, next: start,
      startSequence: last?.sequence ?? 0, sequence: last?.sequence ?? 0, events: 0,
      files: [], timestamp: 0)
  }

  // MARK: One stream

  /// Where time is short, what was read when it is over must be written soon.
  private static let hurriedEventByteLimit = 2 << 20

  /// Streams to the end.
  private func stream(
    _ stage: Stage, _ replica: Replica?, _ torn: inout [BinlogPosition]
  ) throws(RunError) -> Step {
    let range = configuration.range.beginning(at: stage.start.position)
    let pipeline = pipeline(stage)
    request.timeLimit?.watch(pipeline)
    log.info("pipeline started: \(pipelineSummary)")
    // On a terminal that also shows the rows, a line that redraws itself would disturb them.
    let redraws = configuration.output.delivery.place != nil || !Terminal.isTerminal(1)
    let progress = Progress(redraws: redraws)
    let status = StreamStatus(range.from)
    var reader = Reader(
      stage.source, pipeline, range, configuration.stop, stage.timeStop, from: stage.start,
      checksum: stage.checksum, progress: progress, status: status, byteCount: stage.facts.byteCount(of: range),
      resumption: stage.resumption,
      timeLimit: request.timeLimit, torn: torn)
    let monitor = replica.flatMap { lagMonitor($0, stage.facts.identity, status) }
    monitor?.start()
    defer { monitor?.stop() }
    // Where time is short, the output goes first.
    defer { if request.timeLimit != nil { Self.end(reader.source, replica) } }
    let end: Reader.End
    do {
      defer { if request.timeLimit == nil { Self.end(reader.source, replica) } }
      end = try read(&reader, pipeline, progress, replica, stage.facts.identity)
    }
    report.ended(end, reader.reached, range)
    report.rolledBack(reader.rolledBack)
    if reader.hasEvents { coverage.hasEvents = true }
    torn = reader.torn
    return try StreamEnding(self, pipeline, reader, stage).finish(end)
  }

  private static func end(_ source: EventSource, _ replica: Replica?) {
    if case .server(let connection) = source { replica?.end(connection) }
  }

  private func pipeline(_ stage: Stage) -> Pipeline {
    Pipeline(
      output: output(stage), decoding: DecodingSettings(filter: coverage.filter, columnNames: stage.columnNames),
      limits: PipelineLimits(
        queuedChunks: configuration.output.queueCapacity,
        queuedBytes: request.timeLimit == nil ? PipelineLimits.defaultQueuedBytes : Self.hurriedEventByteLimit,
        eventBytes: configuration.maxEventBytes, rows: request.rowLimit),
      checkpoints: stage.checkpoints, start: PipelineStart(gtids: stage.start.gtids, sequence: stage.sequence),
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
  ) throws(RunError) -> Reader.End {
    defer { progress.finish() }
    do throws(RunError) {
      return try reader.run()
    } catch {
      if isWritten(after: error, reader) { try? pipeline.finish() } else { pipeline.cancel() }
      // What a stage found wrong lies before the place to which the reader came.
      if let failure = pipeline.failure { throw .pipeline(failure, reached: reader.reached) }
      guard case .wire(let failure, let reached) = error, error.isAboutMissingLog else { throw error }
      throw .missingLog(failure, reached: reached, oldest: oldestBinlog(replica, server))
    }
  }

  /// True if what came before `error` is written: text shows every row; a Parquet file that is not complete must not
  /// appear, unless no other run could write its rows, because the server no longer has them.
  private func isWritten(after error: RunError, _ reader: Reader) -> Bool {
    if configuration.output.delivery == .stream { return true }
    return error.isAboutMissingLog && reader.hasHandedWholeTransactions && reader.boundary != reader.start.position
  }

  /// The first file that the server still has, where it tells.
  private func oldestBinlog(_ replica: Replica?, _ server: ServerIdentity) -> String? {
    guard let replica else { return nil }
    return try? ServerFacts.oldestBinlog(replica.connectionOptions(interrupt: nil), of: server)
  }
}
