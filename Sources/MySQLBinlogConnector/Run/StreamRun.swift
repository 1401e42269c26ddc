import BinlogParser
import Foundation
import Logging
import MySQLWire
import ParquetWriter
import Pipeline
import Platform

/// One run of `stream`, from the connection to the last log line.
struct StreamRun {
  private let configuration: Configuration
  private let log = Logger(label: "main")
  private let start = ContinuousClock.now

  init(_ configuration: Configuration) { self.configuration = configuration }

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
    if let files = configuration.files {
      let source = EventSource.files(files.source(of: configuration.range))
      try stream(source, ServerFacts(of: files), .none, ColumnNames(configuration.output))
    } else {
      try dump(interrupt)
    }
  }

  /// Streams from the server.
  private func dump(_ interrupt: InterruptSource) throws(RunError) {
    let range = configuration.range
    let connection: Connection
    let facts: ServerFacts
    let checksum: EventChecksum
    do {
      connection = try connect(interrupt)
      facts = try ServerFacts(connection)
      try BinlogSettings(connection).judge(columnNames: configuration.output.columnNames)
      checksum = try beginDump(connection, range)
    } catch {
      throw .wire(error, reached: nil)
    }
    defer { connection.close() }
    let informationSchema = InformationSchema(connectionOptions(interrupt: nil))
    try stream(.server(connection), facts, checksum, ColumnNames(configuration.output, informationSchema))
  }

  /// Streams from `source`, which begins at the start of the range.
  private func stream(
    _ source: EventSource, _ facts: ServerFacts, _ checksum: EventChecksum, _ columnNames: ColumnNames
  ) throws(RunError) {
    let range = configuration.range
    let pipeline = Pipeline(
      output: output(facts), filter: configuration.filter.tables,
      columnNames: columnNames,
      queueCapacity: configuration.output.queueCapacity, notice: Self.warn)
    log.info("pipeline started: \(pipelineSummary)")
    // On a terminal that also shows the rows, a line that redraws itself would disturb them.
    let redraws = configuration.output.mode == .parquet || !Terminal.isTerminal(1)
    let progress = Progress(redraws: redraws)
    var reader = Reader(
      source, pipeline, range, checksum: checksum, progress: progress, byteCount: facts.byteCount(of: range))
    let end = try read(&reader, pipeline, progress)
    source.close()
    report(end, reader.reached, range)
    do { try pipeline.finish() } catch { throw .pipeline(error, reached: reader.reached) }
    reportTotals(pipeline.metrics.snapshot)
  }

  /// Reads to the end; when that fails, the pipeline is stopped, and an error of its own goes first.
  private func read(
    _ reader: inout Reader, _ pipeline: Pipeline, _ progress: Progress
  ) throws(RunError) -> Reader.End {
    defer { progress.finish() }
    do throws(RunError) {
      return try reader.run()
    } catch {
      // Text shows every row that came before the error; a Parquet file that is not complete must not appear.
      if configuration.output.mode == .stdout { try? pipeline.finish() } else { pipeline.cancel() }
      throw error
    }
  }

  private func connect(_ interrupt: InterruptSource) throws(WireError) -> Connection {
    let server = configuration.server
    let log = Logger(label: "connection")
    let tls = configuration.tls
    if tls.caFile != nil, tls.mode == .preferred || tls.mode == .required {
      log.warning("ssl_ca is not used with ssl_mode \(tls.mode.rawValue): set verify_ca or verify_identity")
    }
    self.log.info("connecting to MySQL server at \(server.host):\(server.port)")
    var options = connectionOptions(interrupt: interrupt)
    options.notice = { log.info("\($0)") }
    let connection = try Connection(options)
    let encryption = connection.tlsVersion ?? "not encrypted"
    self.log.info(
      "connected successfully: server_version=\(connection.serverVersion) connection_id=\(connection.connectionID) \(encryption)"
    )
    return connection
  }

  /// How to connect; a connection without `interrupt` outlives a stop signal, so that what was received can be written.
  private func connectionOptions(interrupt: InterruptSource?) -> ConnectionOptions {
    let server = configuration.server
    return ConnectionOptions(
      host: server.host, port: Int(server.port), user: server.user, password: server.password,
      database: server.database, tls: configuration.tls,
      connectTimeoutSeconds: server.connectTimeoutSeconds, readTimeoutSeconds: server.readTimeoutSeconds,
      interrupt: interrupt)
  }

  /// Registers as a replica and asks for the events; returns how the server secures them.
  private func beginDump(_ connection: Connection, _ range: BinlogRange) throws(WireError) -> EventChecksum {
    let log = Logger(label: "binlog_reader")
    let server = configuration.server
    self.log.info("starting binlog reader")
    let checksum = try connection.prepareBinlogDump(heartbeatSeconds: Double(server.readTimeoutSeconds) / 2)
    try connection.registerReplica(serverID: server.serverID, hostName: ProcessInfo.processInfo.hostName)
    log.info("opening binlog stream: \(range.from)")
    try connection.startBinlogDump(
      file: range.from.file, position: range.from.offset, serverID: server.serverID, nonBlocking: range.isBounded)
    log.info("binlog stream opened successfully")
    return checksum.uppercased() == "CRC32" ? .crc32 : .none
  }

  private func output(_ facts: ServerFacts) -> Output {
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
          directory: settings.parquetDirectory, batchRowLimit: settings.parquetBatchSize,
          json: settings.parquetJSONType == .json ? .json : .string, properties: properties, serverUUID: facts.uuid,
          log: ParquetLog(
            opened: { log.info("opening parquet file: \($0)") },
            finished: { log.info("finished parquet file: \($0) (\($1.rows) rows, \($1.bytes) bytes)") })))
    }
  }

  private var pipelineSummary: String {
    let output = configuration.output
    return "batch_size=\(output.parquetBatchSize) queue_capacity=\(output.queueCapacity)"
  }

  private func report(_ end: Reader.End, _ reached: BinlogPosition, _ range: BinlogRange) {
    switch end {
    case .rangeEnd: log.info("reached the end of the range at \(reached)")
    case .stopRequested: log.info("stop requested: finishing what was received up to \(reached)")
    case .endOfLog:
      let wanted = "\(range.toFile ?? ""):\(range.toOffset.map { "\($0)" } ?? "end of file")"
      log.warning("the log ended at \(reached), before the stop position \(wanted)")
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
