import BinlogParser
import Logging
import MySQLWire
import Pipeline
import Platform

/// Takes a stream up again after its connection was lost.
final class Reconnector {
  /// What came of it.
  enum Outcome {
    /// The stream goes on.
    case resumed(Replica.Dump)
    /// A stop signal came first, or the run's time is over.
    case interrupted
    /// The server that answers is another one; which.
    case otherServer(String)
  }

  private let replica: Replica
  private let server: Checkpoint.Server
  /// End of the log before the dump began, if that is known.
  private var knownEnd: BinlogPosition?
  /// Place at which a dump ended too early.
  private var earlyEnd: BinlogPosition?
  private let nonBlocking: Bool
  private let backoff: RetryBackoff
  private let log = Logger(label: "connection")

  /// Takes up streams of the server with `facts`, as often as `backoff` allows.
  init(_ replica: Replica, _ facts: ServerFacts, nonBlocking: Bool, _ backoff: RetryBackoff) {
    self.replica = replica
    server = facts.server
    knownEnd = facts.end
    self.nonBlocking = nonBlocking
    self.backoff = backoff
  }

  /// What ends waits.
  var interrupt: InterruptSource { replica.interrupt }

  /// A whole transaction came.
  func noteProgress() { backoff.end() }

  /// True if it makes sense to take the stream up again after `error`.
  func mayHelp(after error: RunError) -> Bool { backoff.mayRetry(after: error) }

  /// Says whether a dump that ended at `position` was cut: the log was longer before it began. `KILL QUERY`, or a server
  /// that stops, ends a dump as if there were no more. Another one that ends there too is believed.
  func wasCut(at position: BinlogPosition) -> Bool {
    guard let knownEnd, position.precedes(knownEnd), earlyEnd != position else { return false }
    earlyEnd = position
    return true
  }

  /// Ends the lost stream's connection.
  func end(_ source: EventSource) {
    if case .server(let connection) = source { connection.close() }
  }

  /// Asks for the events from `start` on until the server gives them, or until it refuses for good.
  ///
  /// - Throws: `error`, or what replaced it, when the outage has lasted too long or cannot end.
  func resume(from start: ResumePoint, after error: RunError) throws(RunError) -> Outcome {
    var last = error
    while true {
      guard try backoff.wait(after: last) else { return .interrupted }
      do throws(WireError) {
        return try attempt(from: start)
      } catch {
        if error.category == .interrupted { return .interrupted }
        last = .wire(error, reached: start.position)
        guard backoff.mayRetry(after: last) else { throw last }
      }
    }
  }

  private func attempt(from start: ResumePoint) throws(WireError) -> Outcome {
    let connection = try replica.connect()
    let facts = try ServerFacts(connection)
    guard facts.server.isSame(as: server) else {
      connection.close()
      return .otherServer(facts.server.uuid ?? "server_id \(facts.server.serverID ?? 0)")
    }
    knownEnd = facts.end
    replica.renewServerID()
    let checksum = try replica.beginDump(connection, from: start, nonBlocking: nonBlocking)
    log.info("reconnected: going on from \(start)")
    return .resumed(Replica.Dump(connection: connection, facts: facts, checksum: checksum))
  }
}
