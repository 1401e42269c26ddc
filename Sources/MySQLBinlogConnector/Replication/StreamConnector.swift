import BinlogParser
import Logging
import MySQLWire
import Pipeline
import Platform

/// Opens a run's streams from the server: connects, decides where to begin, and asks for the events.
struct StreamConnector {
  /// What came of it.
  enum Outcome {
    /// The stream begins.
    case stream(OpenedStream)
    /// The run before this one reached the end of the range.
    case nothingToDo(RunOutcome)
  }

  private let session: Session
  private let replica: Replica
  private let store: (any CheckpointStore)?
  private let backoff: RetryBackoff
  private var configuration: Configuration { session.configuration }

  /// Streams of `session`, which keeps its place in `store` and bears what `backoff` allows.
  init(_ session: Session, _ replica: Replica, _ store: (any CheckpointStore)?, _ backoff: RetryBackoff) {
    self.session = session
    self.replica = replica
    self.store = store
    self.backoff = backoff
  }

  /// Opens the stream that goes on behind `resume`. Only a run that has not streamed before ends with the first failure:
  /// it cannot even begin, and who started it wants to know. With a look at the log for the start, which may take long, it
  /// has begun, and stays with that server: a place in the configuration means nothing on another one.
  func connect(_ resume: ResumeState) throws(RunError) -> Outcome {
    var begun: ServerIdentity?
    while true {
      // A stop signal does not wait for the end of a transaction that was coming in before.
      replica.interrupt.isHeld = false
      do throws(RunError) { return try attempt(resume, &begun) } catch {
        if resume.hasUnwritten, let start = resume.start, error.isInterruption { throw unwritten(start, error) }
        guard resume.hasStreamed || begun != nil, backoff.mayRetry(after: error) else { throw error }
        // After a stop signal the next attempt throws.
        _ = try backoff.wait(after: error)
      }
    }
  }

  /// What a stop signal leaves: with a checkpoint, what was received and is not written comes again.
  private func unwritten(_ start: Checkpoint, _ error: RunError) -> RunError {
    session.keepsPlace ? error : .unwritten(from: ResumePoint(at: start.position))
  }

  private func attempt(_ resume: ResumeState, _ begun: inout ServerIdentity?) throws(RunError) -> Outcome {
    let connection: Connection
    do { connection = try replica.connect() } catch { throw .wire(error, reached: nil) }
    do throws(RunError) { return try attempt(resume, connection, &begun) } catch {
      replica.end(connection)
      throw error
    }
  }

  private func attempt(
    _ resume: ResumeState, _ connection: Connection, _ begun: inout ServerIdentity?
  ) throws(RunError) -> Outcome {
    let facts: ServerFacts
    do {
      if resume.start == nil, let begun { try connection.expect(begun) }
      facts = try ServerFacts(connection)
      try BinlogSettings(connection).judge(configuration.output)
    } catch {
      throw .wire(error, reached: nil)
    }
    var start: ResumePoint
    let timeStop: TimeStop?
    do throws(RunError) {
      let resolver = resolver(hasStreamed: resume.hasStreamed)
      start = try resolver.start(resume.start, replica, connection, facts)
      start.sequence = resume.start?.sequence ?? 0
      timeStop = try resolver.timeStop(from: start, resume.start, facts.searchedLog(replica))
    } catch {
      begun = facts.identity
      throw error
    }
    let range = configuration.range.beginning(at: start.position)
    if resume.start == nil { try session.checkOrder(start, range) }
    if let outcome = session.nothingToDo(start, timeStop, range, facts) {
      replica.end(connection)
      return .nothingToDo(outcome)
    }
    let checksum = try beginDump(connection, from: start)
    let other = Replica(configuration, replica.interrupt, session.request.timeLimit)
    let schema = InformationSchema(
      other, of: facts.identity, completesTypes: configuration.output.columnNames == .lookup)
    return .stream(
      OpenedStream(
        source: .server(connection), start: start, timeStop: timeStop, facts: facts, checksum: checksum,
        columnNames: ColumnNames(configuration.output, session.schemas, schema),
        checkpoints: Checkpoints(store, server: facts.server, after: resume.known, goesOn: resume.beginsAtKnown),
        reconnector: Reconnector(replica, facts, nonBlocking: session.isNonBlocking, backoff)))
  }

  private func beginDump(_ connection: Connection, from start: ResumePoint) throws(RunError) -> EventChecksum {
    let log = Logger(label: "binlog_reader")
    do {
      log.info("opening binlog stream: \(start)")
      let checksum = try replica.beginDump(connection, from: start, nonBlocking: session.isNonBlocking)
      log.info("binlog stream opened successfully")
      return checksum
    } catch {
      throw .wire(error, reached: nil)
    }
  }

  private func resolver(hasStreamed: Bool) -> StartResolver {
    // Of many runs, only a checkpoint file tells which server's files have the plain names.
    let mayChangeServer = !session.request.isOneOfMany || configuration.durability.checkpointFile != nil
    let origin: StartResolver.Origin = if case .place = session.request.start { .request } else { .checkpoint }
    return StartResolver(configuration, placeOf: origin, mayChangeServer: mayChangeServer, hasStreamed: hasStreamed)
  }
}
