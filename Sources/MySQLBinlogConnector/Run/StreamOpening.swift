import BinlogParser
import Logging
import MySQLWire
import Pipeline
import Platform

/// Opens a run's streams from the server: connects, decides where to begin, and asks for the events.
struct StreamOpening {
  /// What came of it.
  enum Outcome {
    /// The stream begins.
    case stage(Stage)
    /// The run before this one reached the end of the range.
    case nothingToDo(RunOutcome)
  }

  private let run: StreamRun
  private let replica: Replica
  private let store: (any CheckpointStore)?
  private let outage: Outage
  private var configuration: Configuration { run.configuration }

  /// Streams of `run`, which keeps its place in `store` and bears what `outage` allows.
  init(_ run: StreamRun, _ replica: Replica, _ store: (any CheckpointStore)?, _ outage: Outage) {
    self.run = run
    self.replica = replica
    self.store = store
    self.outage = outage
  }

  /// Opens the stream that goes on behind `history`. Only a run that has not streamed before ends with the first failure:
  /// it cannot even begin, and who started it wants to know. With a look at the log for the start, which may take long, it
  /// has begun, and stays with that server: a place in the configuration means nothing on another one.
  func open(_ history: StreamRun.History) throws(RunError) -> Outcome {
    var begun: ServerIdentity?
    while true {
      // A stop signal does not wait for the end of a transaction that was coming in before.
      replica.interrupt.isHeld = false
      do throws(RunError) { return try attempt(history, &begun) } catch {
        if history.hasUnwritten, let start = history.start, error.isInterruption { throw unwritten(start, error) }
        guard history.goesOn || begun != nil, outage.mayPass(after: error) else { throw error }
        // After a stop signal the next attempt throws.
        _ = try outage.wait(after: error)
      }
    }
  }

  /// What a stop signal leaves: with a checkpoint, what was received and is not written comes again.
  private func unwritten(_ start: Checkpoint, _ error: RunError) -> RunError {
    run.keepsPlace ? error : .unwritten(from: .position(start.position, gtids: nil))
  }

  private func attempt(_ history: StreamRun.History, _ begun: inout ServerIdentity?) throws(RunError) -> Outcome {
    let connection: Connection
    do { connection = try replica.connect() } catch { throw .wire(error, reached: nil) }
    do throws(RunError) { return try attempt(history, connection, &begun) } catch {
      replica.end(connection)
      throw error
    }
  }

  private func attempt(
    _ history: StreamRun.History, _ connection: Connection, _ begun: inout ServerIdentity?
  ) throws(RunError) -> Outcome {
    let facts: ServerFacts
    do {
      if history.start == nil, let begun { try connection.expect(begun) }
      facts = try ServerFacts(connection)
      try BinlogSettings(connection).judge(columnNames: configuration.output.columnNames)
    } catch {
      throw .wire(error, reached: nil)
    }
    let start: StreamStart
    let timeStop: TimeStop?
    do throws(RunError) {
      let resolver = resolver(goesOn: history.goesOn)
      start = try resolver.start(history.start, replica, connection, facts)
      timeStop = try resolver.timeStop(from: start, history.start, facts.searchedLog(replica))
    } catch {
      begun = facts.identity
      throw error
    }
    let range = configuration.range.beginning(at: start.position)
    if history.start == nil { try run.checkOrder(start, range) }
    if let outcome = run.nothingToDo(start, timeStop, range, facts, history.start) {
      replica.end(connection)
      return .nothingToDo(outcome)
    }
    let checksum = try beginDump(connection, from: start)
    let other = Replica(configuration, replica.interrupt, run.request.timeLimit)
    let schema = InformationSchema(other, of: facts.identity)
    return .stage(
      Stage(
        source: .server(connection), start: start, sequence: history.start?.sequence ?? 0, timeStop: timeStop,
        facts: facts,
        checksum: checksum,
        columnNames: ColumnNames(configuration.output, schema),
        checkpoints: Checkpoints(store, server: facts.server, after: history.known, goesOn: history.beginsAtKnown),
        resumption: Resumption(replica, facts, nonBlocking: run.isNonBlocking, outage)))
  }

  private func beginDump(_ connection: Connection, from start: StreamStart) throws(RunError) -> EventChecksum {
    let log = Logger(label: "binlog_reader")
    do {
      log.info("opening binlog stream: \(start)")
      let checksum = try replica.beginDump(connection, from: start, nonBlocking: run.isNonBlocking)
      log.info("binlog stream opened successfully")
      return checksum
    } catch {
      throw .wire(error, reached: nil)
    }
  }

  private func resolver(goesOn: Bool) -> StartResolver {
    // Of many runs, only a checkpoint file tells which server's files have the plain names.
    let mayChangeServer = !run.request.isOneOfMany || configuration.durability.checkpointFile != nil
    let origin: StartResolver.Origin = if case .place = run.request.start { .request } else { .checkpoint }
    return StartResolver(configuration, placeOf: origin, mayChangeServer: mayChangeServer, goesOn: goesOn)
  }
}
