import BinlogParser
import Foundation
import Logging
import MySQLWire
import ObjectStore
import ParquetWriter
import Pipeline
import Platform

/// One run of `stream`, from the connection to the last log line.
struct StreamRun {
  private let configuration: Configuration
  private let log = Logger(label: "main")
  private let start = ContinuousClock.now
  /// The object store, where the output or the checkpoint is in one.
  private let objectStore: S3Client?

  init(_ configuration: Configuration) {
    self.configuration = configuration
    objectStore = configuration.objectStore.map { S3Client($0, retrying: Self.warn) }
  }

  /// Streams the configured range.
  ///
  /// - Throws: `RunError` for whatever kept it from being written whole.
  func run() throws(RunError) {
    let configLog = Logger(label: "config")
    for line in configuration.summary { configLog.info("\(line)") }
    let interrupt: InterruptSource
    do { interrupt = try InterruptSource() } catch { throw .system(error) }
    Signals.install(wakeFileDescriptor: interrupt.wakeFileDescriptor)
    do {
      try stream(interrupt)
    } catch {
      // A stop signal before the first event: nothing was received, so nothing is lost.
      if Signals.stopRequested, error.exitCode == .success {
        log.info("stopped before the stream began")
        return
      }
      throw error
    }
  }

  private func stream(_ interrupt: InterruptSource) throws(RunError) {
    let store = try checkpointStore()
    var last = try load(store)
    try removeUnfinished(last, in: store)
    if let files = configuration.files {
      let start = try StartResolver(configuration).start(last, in: files)
      let checkpoints = Checkpoints(store, server: ServerFacts(of: files).server, after: last)
      let range = configuration.range.beginning(at: start.position)
      guard !isDone(start, range) else { return }
      let stage = Stage(
        source: .files(files.source(of: range)), start: start, facts: ServerFacts(of: files), checksum: .none,
        columnNames: ColumnNames(configuration.output), checkpoints: checkpoints, resumption: nil)
      var torn: [BinlogPosition] = []
      _ = try stream(stage, nil, &torn)
    } else {
      let replica = Replica(configuration, interrupt)
      var torn: [BinlogPosition] = []
      var goesOn = false
      while let again = try dump(replica, store, last, goesOn: goesOn, &torn) {
        last = again
        try removeUnfinished(last, in: nil)
        goesOn = true
      }
    }
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

  /// Streams from the server, from the checkpoint `last` if there is one, without the transactions at `torn`. A run that
  /// `goesOn` has streamed before.
  ///
  /// - Returns: the checkpoint from which to begin anew, because the log did not go on as it did; nil when all is done.
  private func dump(
    _ replica: Replica, _ store: (any CheckpointStore)?, _ last: Checkpoint?, goesOn: Bool,
    _ torn: inout [BinlogPosition]
  ) throws(RunError) -> Checkpoint? {
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
    let start = try StartResolver(configuration, goesOn: goesOn).start(last, replica, connection, facts)
    guard !isDone(start, configuration.range.beginning(at: start.position)) else { return nil }
    let checksum: EventChecksum
    let log = Logger(label: "binlog_reader")
    do {
      log.info("opening binlog stream: \(start)")
      checksum = try replica.beginDump(connection, from: start, nonBlocking: configuration.isBounded)
      log.info("binlog stream opened successfully")
    } catch {
      throw .wire(error, reached: nil)
    }
    let resumption = Resumption(
      replica, facts.server, nonBlocking: configuration.isBounded,
      limitSeconds: configuration.server.maxReconnectSeconds ?? (configuration.isBounded ? 60 : 0))
    let schema = InformationSchema(replica.connectionOptions(interrupt: nil))
    let stage = Stage(
      source: .server(connection), start: start, facts: facts, checksum: checksum,
      columnNames: ColumnNames(configuration.output, schema),
      checkpoints: Checkpoints(store, server: facts.server, after: last), resumption: resumption)
    return try stream(stage, replica, &torn)
  }

  /// Whether the run before this one reached the end of the range.
  private func isDone(_ start: StreamStart, _ range: BinlogRange) -> Bool {
    guard range.isPassed(by: start.position) || configuration.stop.isReached(by: start.gtids) else { return false }
    log.info("the start \(start) is at the end of the range: there is nothing to do")
    return true
  }

  /// Streams to the end.
  ///
  /// - Returns: as `dump` does.
  private func stream(
    _ stage: Stage, _ replica: Replica?, _ torn: inout [BinlogPosition]
  ) throws(RunError) -> Checkpoint? {
    let range = configuration.range.beginning(at: stage.start.position)
    let interrupt = replica?.interrupt
    let pipeline = Pipeline(
      output: output(stage), filter: configuration.filter.tables, columnNames: stage.columnNames,
      queueCapacity: configuration.output.queueCapacity, maxEventBytes: configuration.maxEventBytes,
      checkpoints: stage.checkpoints, gtids: stage.start.gtids,
      stopped: { interrupt?.trigger() }, notice: Self.warn)
    log.info("pipeline started: \(pipelineSummary)")
    // On a terminal that also shows the rows, a line that redraws itself would disturb them.
    let redraws = configuration.output.mode == .parquet || !Terminal.isTerminal(1)
    let progress = Progress(redraws: redraws)
    let status = StreamStatus(range.from)
    var reader = Reader(
      stage.source, pipeline, range, configuration.stop, from: stage.start, checksum: stage.checksum,
      progress: progress, status: status, byteCount: stage.facts.byteCount(of: range), resumption: stage.resumption,
      torn: torn)
    let monitor = replica.flatMap { lagMonitor($0, status) }
    monitor?.start()
    defer { monitor?.stop() }
    let end = try read(&reader, pipeline, progress, replica)
    if case .server(let connection) = reader.source { replica?.end(connection) }
    report(end, reader.reached, range)
    torn = reader.torn
    if case .sourceChanged = end { return try giveUp(pipeline, reader, stage) }
    do { try pipeline.finish() } catch { throw .pipeline(error, reached: reader.reached) }
    reportTotals(pipeline.metrics.snapshot)
    return nil
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
    guard !configuration.isBounded, seconds > 0 else { return nil }
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
            finished: { log.info("finished parquet file: \($0) (\($1.rows) rows, \($1.bytes) bytes)") })))
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
      durability.roll.isActive || configuration.output.partitioning.isActive
        || configuration.output.parquetDirectory.isS3
      ? .all : durability.checkpointFile == nil ? .none : .rest
    return FileNaming(parts: parts, serverMark: stage.checkpoints.serverMark)
  }

  private var pipelineSummary: String {
    let output = configuration.output
    return "batch_size=\(output.parquetBatchSize) queue_capacity=\(output.queueCapacity)"
  }

  private func report(_ end: Reader.End, _ reached: BinlogPosition, _ range: BinlogRange) {
    switch end {
    case .rangeEnd: log.info("reached the end of the range at \(reached)")
    case .stopRequested: log.info("stop requested: finishing what was received up to \(reached)")
    case .endOfLog where range.toFile == nil:
      log.warning("the log ended at \(reached), before the stop condition: \(configuration.stop)")
    case .endOfLog:
      let wanted = "\(range.toFile ?? ""):\(range.toOffset.map { "\($0)" } ?? "end of file")"
      log.warning("the log ended at \(reached), before the stop position \(wanted)")
    case .sourceChanged(let reason): log.warning("\(reason); beginning anew behind the last complete output")
    case .pipelineStopped: log.debug("the pipeline stopped at or before \(reached)")
    }
  }

  /// Logs what the pipeline has to say while it runs.
  @Sendable private static func warn(_ notice: PipelineNotice) {
    switch notice {
    case .statementChanges(let count, let file, let position):
      Logger(label: "event_parser").warning("\(missingChanges(count)), the latest at \(file):\(position)")
    }
  }

  /// Logs that a request to the object store is tried again.
  @Sendable private static func warn(_ error: S3Error, waitSeconds: Double) {
    Logger(label: "object_store").warning("\(error); trying again in \(Int(waitSeconds * 1000)) ms")
  }

  private static func missingChanges(_ count: UInt64) -> String {
    let statements = count == 1 ? "1 statement" : "\(count) statements"
    return "binlog_format is not ROW: changes are missing: \(statements) so far, on tables that are or may be included"
  }

  private func reportTotals(_ metrics: Metrics) {
    let log = Logger(label: "metrics")
    let elapsed = ContinuousClock.now - start
    log.info(
      "pipeline metrics: rows_processed=\(metrics.rows) batches_flushed=\(metrics.batches) bytes_written=\(metrics.bytesWritten)"
    )
    log.info("pipeline timing: processing=\(metrics.processing.milliseconds)")
    log.info("pipeline timing: flush=\(metrics.flush.milliseconds)")
    log.info("pipeline timing: end_to_end=\(elapsed.milliseconds)")
    let seconds = elapsed / .seconds(1)
    log.info("pipeline throughput: \(seconds > 0 ? Int(Double(metrics.rows) / seconds) : 0) rows/sec")
    if metrics.replacements > 0 {
      self.log.warning(
        "\(metrics.replacements) undecodable pieces of text were replaced by U+FFFD; check the columns' character sets")
    }
    if metrics.statementChanges > 0 { self.log.warning("\(Self.missingChanges(metrics.statementChanges))") }
    self.log.info("total events processed: \(metrics.events)")
  }
}

extension Duration {
  fileprivate var milliseconds: String { String(format: "%.2fms", self / .milliseconds(1)) }
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
