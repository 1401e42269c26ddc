import BinlogParser
import Logging
import MySQLWire
import ObjectStore
import Pipeline
import Platform

/// One run, from the connection to the last log line: what the command line and a Lambda function have in common.
struct Session {
  var configuration: Configuration
  let request: RunRequest
  let interrupt: InterruptSource
  let report: RunReport
  let finished = FinishedFiles()
  let coverage: RunCoverage
  let log = Logger(label: "main")
  /// The object store, where the output or the checkpoint is in one.
  let objectStore: S3Client?
  /// The tables that `schema_files` define.
  private(set) var schemas: SchemaFiles?

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
    guard !configuration.output.schemaFiles.isEmpty else { return try stream() }
    var session = self
    do throws(ConfigurationProblem) { session.schemas = try SchemaFiles(configuration.output.schemaFiles) } catch {
      throw .configuration(ConfigurationError(path: configuration.path, problems: [error]))
    }
    return try session.stream()
  }

  private func stream() throws(RunError) -> RunOutcome {
    let store = try checkpointStore()
    defer { store?.release() }
    let kept = try load(store)
    try completeTables(kept)
    try recover(kept, in: store)
    let first: Checkpoint?
    switch request.start {
    case .kept: first = kept
    case .configured: first = nil
    case .place(let place): first = place
    }
    if let kept, first != kept { warn(of: kept) }
    coverage.isContinued = first != nil
    if let files = configuration.files { return try stream(files, store, first) }
    return try streamFromServer(store, ResumeState(start: first, known: kept ?? first))
  }

  // MARK: Files

  /// Streams from files on this machine.
  private func stream(
    _ files: FileSettings, _ store: (any CheckpointStore)?, _ last: Checkpoint?
  ) throws(RunError) -> RunOutcome {
    var start = try StartResolver(configuration).start(last, in: files)
    start.sequence = last?.sequence ?? 0
    let facts = ServerFacts(of: files)
    let range = configuration.range.beginning(at: start.position)
    let timeStop = try StartResolver(configuration).timeStop(from: start, last, .files(files))
    if last == nil { try checkOrder(start, range) }
    if let outcome = nothingToDo(start, timeStop, range, facts) { return outcome }
    let opened = OpenedStream(
      source: .files(files.source(of: range)), start: start, timeStop: timeStop, facts: facts,
      checksum: .none,
      columnNames: ColumnNames(configuration.output, schemas),
      checkpoints: Checkpoints(store, server: facts.server, after: last), reconnector: nil)
    var incomplete: [BinlogPosition] = []
    guard case .ended(let outcome) = try stream(opened, nil, &incomplete) else {
      preconditionFailure("files do not change while they are read")
    }
    return outcome
  }

  // MARK: A server

  /// Result of one stream.
  enum Step {
    /// All is done.
    case ended(RunOutcome)
    /// The log did not go on as it did: the next stream begins behind what is written.
    case again(ResumeState)
  }

  private func streamFromServer(_ store: (any CheckpointStore)?, _ first: ResumeState) throws(RunError) -> RunOutcome {
    let replica = Replica(configuration, interrupt, request.timeLimit)
    let session = try atLogEnd(replica, isContinued: first.start != nil)
    // The dump of the run before this one may be hanging at the server still.
    if request.isOneOfMany { replica.renewServerID() }
    let limitSeconds = configuration.server.maxReconnectSeconds ?? (isNonBlocking ? 60 : 0)
    let connector = StreamConnector(session, replica, store, RetryBackoff(interrupt, limitSeconds: limitSeconds))
    var incomplete: [BinlogPosition] = []
    var resume = first
    while true {
      let opened: OpenedStream
      switch try connector.connect(resume) {
      case .nothingToDo(let outcome): return outcome
      case .stream(let stream): opened = stream
      }
      switch try session.stream(opened, replica, &incomplete) {
      case .ended(let outcome): return outcome
      case .again(let next):
        try recover(next.start, in: store, claims: false)
        resume = next
      }
    }
  }

  /// True if the stream ends with the log.
  var isNonBlocking: Bool { configuration.isBounded || request.isOneOfMany }

  /// The outcome where the run before this one reached the end of the range; else nil.
  func nothingToDo(
    _ start: ResumePoint, _ timeStop: TimeStop?, _ range: BinlogRange, _ facts: ServerFacts
  ) -> RunOutcome? {
    let isBehindTime = timeStop?.isPassed(by: start.position) == true
    guard isBehindTime || range.isPassed(by: start.position) || configuration.stop.isReached(by: start.gtids) else {
      return nil
    }
    log.info("the start \(start) is at the end of the range: there is nothing to do")
    warnOfGaps(ended: true)
    return RunOutcome(
      reason: .stopPosition, server: facts.server, start: start, next: start, events: 0, files: [])
  }
}
