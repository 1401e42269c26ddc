import BinlogParser
import Foundation
import Logging
import MySQLWire
import ObjectStore
import ParquetWriter
import Pipeline
import Platform

/// One run, from the connection to the last log line: what the command line and a Lambda function have in common.
struct StreamRun {
  private let configuration: Configuration
  private let request: RunRequest
  private let interrupt: InterruptSource
  private let report: RunReport
  private let finished = FinishedFiles()
  private let log = Logger(label: "main")
  /// The object store, where the output or the checkpoint is in one.
  private let objectStore: S3Client?

  /// A run whose waits `interrupt` ends.
  init(_ configuration: Configuration, _ request: RunRequest = RunRequest(), _ interrupt: InterruptSource) {
    self.configuration = configuration
    self.request = request
    self.interrupt = interrupt
    report = RunReport(configuration)
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
    if let files = configuration.files { return try stream(files, store, first) }
    let replica = Replica(configuration, interrupt, request.timeLimit)
    // The dump of the run before this one may be hanging at the server still.
    if request.isOneOfMany { replica.renewServerID() }
    var torn: [BinlogPosition] = []
    var history = History(start: first, known: kept ?? first)
    while true {
      switch try dump(replica, store, history, &torn) {
      case .ended(let outcome): return outcome
      case .again(let checkpoint):
        try removeUnfinished(checkpoint, in: nil)
        history = History(start: checkpoint, known: checkpoint, goesOn: true)
      }
    }
  }

  /// What is known from earlier runs, and from the earlier part of this one.
  private struct History {
    /// Where to begin; nil where the configuration says it.
    let start: Checkpoint?
    /// The last checkpoint, even if the run begins elsewhere.
    let known: Checkpoint?
    /// Whether this run has streamed before.
    var goesOn = false
  }

  /// What one stream came to.
  private enum Step {
    /// All is done.
    case ended(RunOutcome)
    /// The log did not go on as it did; from where to begin anew.
    case again(Checkpoint)
  }

  private func warn(of kept: Checkpoint) {
    log.warning("the checkpoint \(kept.position) is passed over: the run was told where to begin")
  }

  /// Removes output files behind the checkpoint: their part was not complete, and will be written again.
  ///
  /// The checkpoint is written to `store` before. A run that is still at that part, which a store without locks cannot
  /// prevent, then finds it changed, and can save none that counts on these files.
  private func removeUnfinished(_ checkpoint: Checkpoint?, in store: (any CheckpointStore)?) throws(RunError) {
    guard configuration.output.mode == .parquet, let checkpoint, let names = checkpoint.unfinished else { return }
    log.info("removing what is there of \(names.count) output files that the checkpoint does not cover")
    do { try store?.save(checkpoint.claimed.encoded) } catch { throw .checkpoint(error, configuration) }
    do { try outputPlace.removeFiles(names) } catch { throw .output(error) }
  }

  private func checkpointStore() throws(RunError) -> (any CheckpointStore)? {
    switch configuration.durability.checkpointFile {
    case nil: return nil
    case .path(let path):
      do { return try CheckpointFile(path) } catch { throw .checkpoint(error, configuration) }
    case .s3(let uri): return S3Checkpoint(requiredStore, uri)
    }
  }

  /// The checkpoint in `store`; nil where there is none.
  private func load(_ store: (any CheckpointStore)?) throws(RunError) -> Checkpoint? {
    let document: [UInt8]?
    do { document = try store?.load() } catch { throw .checkpoint(error, configuration) }
    guard let document else { return nil }
    do { return try Checkpoint(decoding: document) } catch { throw .checkpoint(error, configuration) }
  }

  /// Everything that one stream needs.
  private struct Stage {
    let source: EventSource
    let start: StreamStart
    let facts: ServerFacts
    let checksum: EventChecksum
    let columnNames: ColumnNames
    let checkpoints: Checkpoints
    let resumption: Resumption?
  }

  /// Streams from files on this machine.
  private func stream(
    _ files: FileSettings, _ store: (any CheckpointStore)?, _ last: Checkpoint?
  ) throws(RunError) -> RunOutcome {
    let start = try StartResolver(configuration).start(last, in: files)
    let facts = ServerFacts(of: files)
    let range = configuration.range.beginning(at: start.position)
    if let outcome = nothingToDo(start, range, facts) { return outcome }
    let stage = Stage(
      source: .files(files.source(of: range)), start: start, facts: facts, checksum: .none,
      columnNames: ColumnNames(configuration.output),
      checkpoints: Checkpoints(store, server: facts.server, after: last), resumption: nil)
    var torn: [BinlogPosition] = []
    guard case .ended(let outcome) = try stream(stage, nil, &torn) else {
      preconditionFailure("files do not change while they are read")
    }
    return outcome
  }

  /// Streams from the server, without the transactions at `torn`.
  private func dump(
    _ replica: Replica, _ store: (any CheckpointStore)?, _ history: History, _ torn: inout [BinlogPosition]
  ) throws(RunError) -> Step {
    let connection: Connection
    let facts: ServerFacts
    do {
      connection = try replica.connect()
      facts = try ServerFacts(connection)
      try BinlogSettings(connection).judge(columnNames: configuration.output.columnNames)
    } catch {
      throw .wire(error, reached: nil)
    }
    defer { replica.end(connection) }
    let start = try resolver(goesOn: history.goesOn).start(history.start, replica, connection, facts)
    let range = configuration.range.beginning(at: start.position)
    if let outcome = nothingToDo(start, range, facts) { return .ended(outcome) }
    let nonBlocking = configuration.isBounded || request.isOneOfMany
    let checksum: EventChecksum
    let log = Logger(label: "binlog_reader")
    do {
      log.info("opening binlog stream: \(start)")
      checksum = try replica.beginDump(connection, from: start, nonBlocking: nonBlocking)
      log.info("binlog stream opened successfully")
    } catch {
      throw .wire(error, reached: nil)
    }
    let resumption = Resumption(
      replica, facts.server, nonBlocking: nonBlocking,
      limitSeconds: configuration.server.maxReconnectSeconds ?? (nonBlocking ? 60 : 0))
    let schema = InformationSchema(replica.connectionOptions(interrupt: nil))
    let stage = Stage(
      source: .server(connection), start: start, facts: facts, checksum: checksum,
      columnNames: ColumnNames(configuration.output, schema),
      checkpoints: Checkpoints(store, server: facts.server, after: history.known), resumption: resumption)
    return try stream(stage, replica, &torn)
  }

  private func resolver(goesOn: Bool) -> StartResolver {
    // Of many runs, only a checkpoint file tells which server's files have the plain names.
    let mayChangeServer = !request.isOneOfMany || configuration.durability.checkpointFile != nil
    let origin: StartResolver.Origin = if case .place = request.start { .request } else { .checkpoint }
    return StartResolver(configuration, placeOf: origin, mayChangeServer: mayChangeServer, goesOn: goesOn)
  }

  /// The outcome where the run before this one reached the end of the range; else nil.
  private func nothingToDo(_ start: StreamStart, _ range: BinlogRange, _ facts: ServerFacts) -> RunOutcome? {
    guard range.isPassed(by: start.position) || configuration.stop.isReached(by: start.gtids) else { return nil }
    log.info("the start \(start) is at the end of the range: there is nothing to do")
    return RunOutcome(
      reason: .stopPosition, server: facts.server, start: start, next: start, events: 0, files: [], timestamp: 0)
  }

  /// Where time is short, what was read when it is over must be written soon.
  private static let hurriedEventByteLimit = 2 << 20

  /// Streams to the end.
  private func stream(
    _ stage: Stage, _ replica: Replica?, _ torn: inout [BinlogPosition]
  ) throws(RunError) -> Step {
    let range = configuration.range.beginning(at: stage.start.position)
    let pipeline = Pipeline(
      output: output(stage), filter: configuration.filter.tables, columnNames: stage.columnNames,
      queueCapacity: configuration.output.queueCapacity, maxEventBytes: configuration.maxEventBytes,
      eventByteLimit: request.timeLimit == nil ? Pipeline.defaultEventByteLimit : Self.hurriedEventByteLimit,
      rowLimit: request.rowLimit, checkpoints: stage.checkpoints, gtids: stage.start.gtids,
      stopped: { [interrupt] in interrupt.force() }, notice: RunReport.warn)
    request.timeLimit?.watch(pipeline)
    log.info("pipeline started: \(pipelineSummary)")
    // On a terminal that also shows the rows, a line that redraws itself would disturb them.
    let redraws = configuration.output.mode == .parquet || !Terminal.isTerminal(1)
    let progress = Progress(redraws: redraws)
    let status = StreamStatus(range.from)
    var reader = Reader(
      stage.source, pipeline, range, configuration.stop, from: stage.start, checksum: stage.checksum,
      progress: progress, status: status, byteCount: stage.facts.byteCount(of: range), resumption: stage.resumption,
      timeLimit: request.timeLimit, torn: torn)
    let monitor = replica.flatMap { lagMonitor($0, status) }
    monitor?.start()
    defer { monitor?.stop() }
    let end = try read(&reader, pipeline, progress, replica)
    // Where time is short, the output goes first.
    if request.timeLimit == nil { Self.end(reader.source, replica) }
    defer { if request.timeLimit != nil { Self.end(reader.source, replica) } }
    report.ended(end, reader.reached, range)
    torn = reader.torn
    if case .sourceChanged = end { return .again(try giveUp(pipeline, reader, stage)) }
    if case .givenUp = end { pipeline.giveUp() }
    do { try pipeline.finish() } catch { throw .pipeline(error, reached: reader.reached) }
    report.totals(pipeline.metrics.snapshot)
    return .ended(outcome(reason(end, pipeline), stage, pipeline))
  }

  private static func end(_ source: EventSource, _ replica: Replica?) {
    if case .server(let connection) = source { replica?.end(connection) }
  }

  private func reason(_ end: Reader.End, _ pipeline: Pipeline) -> RunOutcome.Reason {
    if pipeline.metrics.snapshot.reachedRowLimit { return .limit }
    if pipeline.wasGivenUp { return .deadline }
    switch end {
    case .rangeEnd: return configuration.isBounded ? .stopPosition : .caughtUp
    case .endOfLog: return .caughtUp
    case .stopRequested: return .stopRequested
    case .timeOver, .givenUp, .pipelineStopped, .sourceChanged: return .deadline
    }
  }

  private func outcome(_ reason: RunOutcome.Reason, _ stage: Stage, _ pipeline: Pipeline) -> RunOutcome {
    let boundary = stage.checkpoints.latest
    return RunOutcome(
      reason: reason, server: stage.facts.server, start: stage.start,
      next: boundary.map { .position($0.position, gtids: $0.gtids) } ?? stage.start,
      events: pipeline.metrics.snapshot.events, files: finished.files, timestamp: boundary?.timestamp ?? 0)
  }

  /// Ends a stream whose log did not go on as it did; returns from where to begin anew.
  private func giveUp(_ pipeline: Pipeline, _ reader: Reader, _ stage: Stage) throws(RunError) -> Checkpoint {
    let boundary: TransactionBoundary?
    if configuration.output.mode == .parquet {
      // The file that is not complete goes, and with it the rows that will come again.
      pipeline.cancel()
      boundary = stage.checkpoints.latest
    } else {
      do { try pipeline.finish() } catch { throw .pipeline(error, reached: reader.reached) }
      boundary = TransactionBoundary(
        position: reader.boundary, gtids: reader.gtids, timestamp: 0,
        fileCreated: reader.created(reader.boundary.file))
    }
    return stage.checkpoints.checkpoint(
      of: boundary
        ?? TransactionBoundary(
          position: stage.start.position, gtids: stage.start.gtids, timestamp: 0,
          fileCreated: reader.created(stage.start.position.file)))
  }

  private func lagMonitor(_ replica: Replica, _ status: StreamStatus) -> LagMonitor? {
    let seconds = configuration.server.lagIntervalSeconds
    guard !configuration.isBounded, !request.isOneOfMany, seconds > 0 else { return nil }
    return LagMonitor(replica.connectionOptions(interrupt: nil), status, intervalSeconds: seconds)
  }

  /// Reads to the end; when that fails, the pipeline is stopped, and an error of its own goes first.
  private func read(
    _ reader: inout Reader, _ pipeline: Pipeline, _ progress: Progress, _ replica: Replica?
  ) throws(RunError) -> Reader.End {
    defer { progress.finish() }
    do throws(RunError) {
      return try reader.run()
    } catch {
      // Text shows every row that came before the error; a Parquet file that is not complete must not appear.
      if configuration.output.mode == .stdout { try? pipeline.finish() } else { pipeline.cancel() }
      // What a stage found wrong lies before the place to which the reader came.
      if let failure = pipeline.failure { throw .pipeline(failure, reached: reader.reached) }
      guard case .wire(let failure, let reached) = error, failure.isAboutMissingLog else { throw error }
      throw .missingLog(failure, reached: reached, oldest: oldestBinlog(replica))
    }
  }

  /// The first file that the server still has, where it tells.
  private func oldestBinlog(_ replica: Replica?) -> String? {
    guard let replica else { return nil }
    return try? ServerFacts.oldestBinlog(replica.connectionOptions(interrupt: nil))
  }

  private func output(_ stage: Stage) -> Output {
    let settings = configuration.output
    switch settings.mode {
    case .stdout: return .text(everyEvent: settings.events == .all)
    case .parquet:
      var properties = WriterProperties(
        application: ApplicationVersion(
          application: Version.program, version: Version.number, build: Version.build))
      properties.compression = settings.compression
      let log = Logger(label: "pipeline")
      return .parquet(
        ParquetOutput(
          place: outputPlace, batchRowLimit: settings.parquetBatchSize,
          json: settings.parquetJSONType == .json ? .json : .string, properties: properties,
          serverUUID: stage.facts.server.uuid,
          roll: configuration.durability.roll, naming: naming(stage), partitioning: settings.partitioning,
          log: ParquetLog(
            opened: { log.info("opening parquet file: \($0)") },
            finished: { [finished] in
              log.info("finished parquet file: \($0) (\($1.rows) rows, \($1.bytes) bytes)")
              finished.add($0, $1)
            })))
    }
  }

  /// The store that the output or the checkpoint is in.
  private var requiredStore: S3Client {
    guard let objectStore else { preconditionFailure("a configuration without the store that it names") }
    return objectStore
  }

  private var outputPlace: any OutputPlace {
    switch configuration.output.parquetDirectory {
    case .path(let path): OutputFolder(path)
    case .s3(let uri): S3Prefix(requiredStore, uri)
    }
  }

  private func naming(_ stage: Stage) -> FileNaming {
    let durability = configuration.durability
    let parts: FileNaming.Parts =
      durability.roll.isActive || request.isOneOfMany || configuration.output.partitioning.isActive
        || configuration.output.parquetDirectory.isS3
      ? .all : durability.checkpointFile == nil ? .none : .rest
    return FileNaming(parts: parts, serverMark: stage.checkpoints.serverMark)
  }

  private var pipelineSummary: String {
    let output = configuration.output
    return "batch_size=\(output.parquetBatchSize) queue_capacity=\(output.queueCapacity)"
  }
}

extension ColumnNames {
  /// The setting, where only a server can be asked: without `source` a look-up has the effect of `auto`.
  fileprivate init(_ settings: OutputSettings, _ source: InformationSchema? = nil) {
    self =
      switch settings.columnNames {
      case .auto: .logged
      case .ordinal: .ordinal
      case .lookup: source.map { .lookup($0) } ?? .logged
      }
  }
}
