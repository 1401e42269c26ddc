import BinlogParser
import Logging
import MySQLWire
import Pipeline
import Platform

/// Takes a stream up again after its connection was lost, after waits that grow, each with a random part, so that many
/// replicas do not come back at the same moment.
final class Resumption {
  /// What came of it.
  enum Outcome {
    /// The stream goes on.
    case resumed(Replica.Dump)
    /// A stop signal came first, or the run's time is over.
    case interrupted
    /// The server that answers is another one; which.
    case otherServer(String)
  }

  /// So many times without progress, damaged bytes are taken for the network's fault.
  private static let damageLimit = 3
  private static let firstWaitMilliseconds = 100.0
  private static let longestWaitMilliseconds = 30_000.0

  private let replica: Replica
  private let server: Checkpoint.Server
  private let nonBlocking: Bool
  /// How long an outage may last; nil for ever.
  private let limit: Duration?
  private let log = Logger(label: "connection")
  private var outage: (start: ContinuousClock.Instant, attempts: Int)?
  private var damages = 0

  /// Takes up streams of `server`, for at most `limitSeconds` in an outage; 0 is for ever.
  init(_ replica: Replica, _ server: Checkpoint.Server, nonBlocking: Bool, limitSeconds: Int) {
    self.replica = replica
    self.server = server
    self.nonBlocking = nonBlocking
    limit = limitSeconds == 0 ? nil : .seconds(limitSeconds)
  }

  /// What ends waits.
  var interrupt: InterruptSource { replica.interrupt }

  /// A whole transaction came.
  func noteProgress() {
    outage = nil
    damages = 0
  }

  /// Whether it makes sense to take the stream up again after `error`.
  func mayHelp(after error: RunError) -> Bool {
    switch error {
    case .wire(let failure, _) where failure.category == .unreachable: return true
    case .wire(let failure, _) where failure.cause == .localInfileRefused: return false
    case .wire(let failure, _) where failure.category == .protocolViolation: break
    case .binlog: break
    default: return false
    }
    damages += 1
    return damages < Self.damageLimit
  }

  /// Ends the lost stream's connection.
  func end(_ source: EventSource) {
    if case .server(let connection) = source { connection.close() }
  }

  /// Asks for the events from `start` on until the server gives them, or until it refuses for good.
  ///
  /// - Throws: `error`, or what replaced it, when the outage has lasted too long or cannot end.
  func resume(from start: StreamStart, after error: RunError) throws(RunError) -> Outcome {
    var last = error
    while true {
      do {
        guard try wait(after: last) else { return .interrupted }
      } catch { throw .system(error) }
      try checkLimit(last)
      do throws(WireError) {
        let connection = try replica.connect()
        let facts = try ServerFacts(connection)
        guard facts.server.isSame(as: server) else {
          connection.close()
          return .otherServer(facts.server.uuid ?? "server_id \(facts.server.serverID ?? 0)")
        }
        replica.renewServerID()
        let checksum = try replica.beginDump(connection, from: start, nonBlocking: nonBlocking)
        log.info("reconnected: going on from \(start)")
        return .resumed(Replica.Dump(connection: connection, facts: facts, checksum: checksum))
      } catch {
        if error.category == .interrupted { return .interrupted }
        guard error.category == .unreachable else { throw .wire(error, reached: start.position) }
        last = .wire(error, reached: start.position)
      }
    }
  }

  private func checkLimit(_ last: RunError) throws(RunError) {
    guard let limit, let outage, outage.start.duration(to: .now) > limit else { return }
    throw last
  }

  /// Waits before the next attempt; false when a stop signal came.
  private func wait(after error: RunError) throws(SystemError) -> Bool {
    let now = ContinuousClock.now
    let attempts = outage?.attempts ?? 0
    outage = (outage?.start ?? now, attempts + 1)
    let longest = min(Self.firstWaitMilliseconds * Double(1 << min(attempts, 20)), Self.longestWaitMilliseconds)
    let milliseconds = Int32(Double.random(in: longest / 2...longest))
    log.warning("\(error.whatAndWhere); trying again in \(milliseconds) ms")
    return try interrupt.sleep(milliseconds: milliseconds)
  }
}

extension Reader {
  /// Takes the stream up again at the last boundary, if that may help. What was received of the transaction behind it is
  /// dropped, or passed over when it comes again, if the pipeline has it already.
  ///
  /// - Returns: why the run ends in place of it, or nil.
  /// - Throws: `error` when it does not help.
  mutating func recover(from error: RunError) throws(RunError) -> End? {
    // What a stage found wrong lies before the place to which the reader came.
    guard !pipeline.isClosed else { return .pipelineStopped }
    guard let resumption, !Signals.stopRequested, resumption.mayHelp(after: error) else {
      // Rows before a damaged event are good.
      if !chunk.frames.isEmpty, !hand() { return .pipelineStopped }
      throw error
    }
    guard handCompleteTransactions() else { return .pipelineStopped }
    resumption.end(source)
    switch try resumption.resume(from: nextStart, after: error) {
    case .resumed(let dump):
      go(on: dump)
      return nil
    case .interrupted:
      if let end = requestedEnd() { return end }
      throw error
    case .otherServer(let server): return .sourceChanged("the server that answers is another one: \(server)")
    }
  }

  /// Drops what came of an open transaction, and hands over what came before it.
  mutating func handCompleteTransactions() -> Bool {
    if passedOver == nil, let submitted, submitted != boundary, completeFrameCount == nil { passedOver = submitted }
    chunk.keep(completeFrameCount ?? 0)
    transactions.forgetOpenTransaction()
    reached = boundary
    return chunk.frames.isEmpty || hand()
  }

  private mutating func go(on dump: Replica.Dump) {
    source = .server(dump.connection)
    if nextStart.isByGTID { forgetPosition() }
    stream = source.stream(at: nextStart.position, checksum: dump.checksum)
    renewChunk()
    if passedOver != nil { completeFrameCount = nil }
  }
}
