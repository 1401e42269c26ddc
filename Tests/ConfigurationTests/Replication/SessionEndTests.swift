import BinlogParser
import Bytes
import MySQLBinlogConnector
import MySQLWire
import Platform
import TestSupport
import Testing

/// Ends of a session: which one, what is handed over before, what becomes of the output, and what the run says.
@Suite struct SessionEndTests {
  private static let head: [ScriptedEvent] = [.madeUpRotate(ScriptedSession.file, at: 1000), .format()]
  private static let transaction: [ScriptedEvent] = [.gtid(1), .begin, .rows, .xid]

  /// End of the first transaction.
  private static func endOfTransaction() throws -> UInt64 {
    var session = ScriptedSession()
    _ = try session.run(head + transaction)
    return session.state.boundary.offset
  }

  // MARK: The range

  /// Bytes from the end of the transaction to the end of the range, and where the reading ends.
  @Test(arguments: [
    (0, "dddddB", EventSequel.endRange(.rangeEnd, isBeyond: false)), (1, "dddddB", .proceed),
    (-1, "ddddd-", .endRange(.rangeEnd, isBeyond: true)),
  ])
  func endOfRange(_ distance: Int, _ fates: String, _ next: EventSequel) throws {
    var session = ScriptedSession(to: UInt64(Int(try Self.endOfTransaction()) + distance))
    let result = try session.run(Self.head + Self.transaction)
    #expect(result.fates == fates)
    #expect(result.next == next)
  }

  /// A file that ends before the stop position, and the next one that begins.
  @Test func aLaterFileLiesBeyondTheRange() throws {
    var session = ScriptedSession(to: 1 << 20)
    let next = try session.run(Self.head + [.rotate("binlog.000002"), .madeUpRotate("binlog.000002")]).next
    #expect(next == .endRange(.endOfLog, isBeyond: true))
  }

  @Test func theStopConditionIsReached() throws {
    let gtids = try GTIDSet("01020304-0506-0708-090a-0b0c0d0e0f10:1")
    let start = ResumePoint(at: BinlogPosition(file: ScriptedSession.file, offset: 1000), gtids: .mysql(MySQLGTIDSet()))
    var session = ScriptedSession(from: start, stop: StopCondition(gtids: gtids))
    let result = try session.run(Self.head + Self.transaction)
    #expect(result.fates == "dddddB")
    #expect(result.next == .endRange(.rangeEnd, isBeyond: false))
  }

  /// The first transaction of the time lies beyond it; one before it is delivered.
  @Test(arguments: [(UInt32(1_700_000_000), "dd-"), (1_700_000_001, "dddddB")])
  func theTimeOfTheEndIsReached(_ time: UInt32, _ fates: String) throws {
    let place = BinlogPosition(file: ScriptedSession.file, offset: 1000)
    var session = ScriptedSession(stop: StopCondition(timestamp: time), timeStop: TimeStop(time, since: place))
    let result = try session.run(Self.head + Self.transaction)
    #expect(result.fates == fates)
    #expect(result.next == (fates == "dd-" ? .endRange(.rangeEnd, isBeyond: true) : .proceed))
  }

  /// The end of the source: without a range that is its end; with one, only behind it.
  @Test(arguments: [(UInt64?.none, SessionEnd.rangeEnd, true), (1 << 20, .endOfLog, true), (1000, .rangeEnd, false)])
  func endOfSource(_ to: UInt64?, _ end: SessionEnd, _ mayBeCut: Bool) throws {
    let session = ScriptedSession(to: to)
    #expect(session.state.endOfSource.end == end)
    #expect(session.state.mayBeCut == mayBeCut)
  }

  /// A transaction without an end in the log is not handed over.
  @Test(arguments: [(SessionState.Source.files, HandedExtent.wholeTransactions), (.server, .everything)])
  func anOpenTransactionAtTheEndOfTheSource(_ source: SessionState.Source, _ handing: HandedExtent) throws {
    var session = ScriptedSession(source)
    _ = try session.run([.format()] + Self.transaction.prefix(2))
    #expect(session.state.endOfSource.handing == handing)
  }

  // MARK: Signals and deadlines

  /// A moment of a stream.
  enum Moment: Sendable {
    /// Between two transactions.
    case between
    /// Within a transaction of which the pipeline has nothing.
    case within
    /// Within a transaction of which the pipeline has a part.
    case withinHanded

    func session() throws -> ScriptedSession {
      var session = ScriptedSession()
      _ = try session.run(SessionEndTests.head + SessionEndTests.transaction)
      session.hand()
      guard self != .between else { return session }
      _ = try session.run(Array(SessionEndTests.transaction.prefix(2)))
      if self == .withinHanded { session.hand() }
      return session
    }
  }

  struct Demanded: Sendable {
    let moment: Moment
    let demand: SessionDemand
    let end: SessionEnd?
    var handing = HandedExtent.everything
  }

  @Test(arguments: [
    Demanded(moment: .between, demand: SessionDemand(), end: nil),
    Demanded(moment: .between, demand: SessionDemand(isStopRequested: true), end: .stopRequested),
    Demanded(moment: .between, demand: SessionDemand(phase: .ending), end: .timeOver),
    Demanded(moment: .between, demand: SessionDemand(phase: .over), end: .timeOver),
    Demanded(moment: .between, demand: SessionDemand(isStopRequested: true, phase: .over), end: .stopRequested),
    Demanded(moment: .within, demand: SessionDemand(isStopRequested: true), end: nil),
    Demanded(moment: .within, demand: SessionDemand(phase: .ending), end: nil),
    Demanded(moment: .within, demand: SessionDemand(phase: .over), end: .timeOver, handing: .wholeTransactions),
    Demanded(moment: .withinHanded, demand: SessionDemand(isStopRequested: true, phase: .ending), end: nil),
    Demanded(
      moment: .withinHanded, demand: SessionDemand(phase: .over), end: .timeOverInTransaction,
      handing: .wholeTransactions),
  ])
  func demands(_ demanded: Demanded) throws {
    let ordered = try demanded.moment.session().state.end(demanded.demand)
    #expect(ordered?.end == demanded.end)
    if let ordered { #expect(ordered.handing == demanded.handing) }
  }

  @Test(arguments: [
    Demanded(moment: .between, demand: SessionDemand(isStopRequested: true), end: .stopRequested),
    Demanded(moment: .between, demand: SessionDemand(phase: .ending), end: .timeOver),
    Demanded(moment: .within, demand: SessionDemand(isStopRequested: true), end: .stopRequested),
    Demanded(moment: .within, demand: SessionDemand(phase: .over), end: .timeOver),
    Demanded(moment: .withinHanded, demand: SessionDemand(isStopRequested: true), end: .stoppedInTransaction),
    Demanded(moment: .withinHanded, demand: SessionDemand(phase: .over), end: .timeOverInTransaction),
  ])
  func demandsInAnOutage(_ demanded: Demanded) throws {
    var session = try demanded.moment.session()
    session.reconnect()
    #expect(session.state.endInOutage(demanded.demand) == demanded.end)
  }

  // MARK: Errors

  /// An error, whether it makes sense to take the stream up again after it, and what follows at a moment.
  struct Failure: Sendable {
    let error: RunError
    var mayRetry = false
    var mayHoldStatements = false
    let decision: FailureDecision
  }

  private static func wire(_ failure: WireFailure) -> RunError {
    .wire(WireError(.readEvent, host: "h", port: 1, user: "u", failure), reached: nil)
  }
  private static let gone = wire(.server(ERRPacket(code: 1236, sqlState: "HY000", message: "purged")))

  @Test(arguments: [
    Failure(error: wire(.interrupted), decision: .endWait),
    Failure(error: wire(.interrupted), mayRetry: true, decision: .endWait),
    Failure(error: wire(.closedByPeer), mayRetry: true, decision: .retry),
    Failure(error: .binlog(BinlogError(.checksumMismatch)), mayRetry: true, decision: .retry),
    Failure(error: wire(.closedByPeer), decision: .fail(handing: .everything)),
    Failure(error: wire(.closedByPeer), mayHoldStatements: true, decision: .fail(handing: .wholeTransactions)),
    Failure(error: .binlog(BinlogError(.checksumMismatch)), decision: .fail(handing: .everything)),
    Failure(
      error: .binlog(BinlogError(.checksumMismatch)), mayHoldStatements: true, decision: .fail(handing: .everything)),
    Failure(error: gone, decision: .fail(handing: .wholeTransactions)),
  ])
  func errors(_ failure: Failure) throws {
    var session = ScriptedSession()
    _ = try session.run(Self.head + [.gtid(1, mayHoldStatements: failure.mayHoldStatements), .begin])
    #expect(session.state.decide(after: failure.error, mayRetry: failure.mayRetry) == failure.decision)
  }

  // MARK: The output

  typealias Closing = SessionEnd.Closing
  private static let place = BinlogPosition(file: ScriptedSession.file, offset: 1000)

  /// Fate of a stream's output, of parts if the pipeline has whole transactions only, and of parts if not.
  @Test(
    arguments: [
      (.rangeEnd, .write, .write, .write), (.endOfLog, .write, .write, .write),
      (.stopRequested, .write, .write, .write), (.timeOver, .write, .write, .write),
      (.pipelineStopped, .write, .write, .write), (.timeOverInTransaction, .abort, .abort, .abort),
      (.stoppedInTransaction, .write, .abort, .abort),
      (.sourceChanged(.otherServer("x")), .writeAndRestart, .discardAndRestart, .discardAndRestart),
      (.sourceChanged(.incompleteTransaction(place)), .writeAndRestart, .discardAndRestart, .discardAndRestart),
      (.sourceChanged(.otherTransaction(place)), .writeAndRestart, .discardAndRestart, .discardAndRestart),
      (
        .sourceChanged(.logReset(file: "f")), .writeAndFail(file: "f"), .writeAndFail(file: "f"),
        .abortAndFail(file: "f")
      ),
    ] as [(SessionEnd, Closing, Closing, Closing)])
  func closings(_ end: SessionEnd, _ stream: Closing, _ wholeParts: Closing, _ parts: Closing) {
    #expect(end.closing(writesParts: false, isWhole: true) == stream)
    #expect(end.closing(writesParts: false, isWhole: false) == stream)
    #expect(end.closing(writesParts: true, isWhole: true) == wholeParts)
    #expect(end.closing(writesParts: true, isWhole: false) == parts)
  }

  /// The run's word for its end: with a range, without one, and when output was discarded.
  @Test(
    arguments: [
      (.rangeEnd, .stopPosition, .caughtUp, .deadline), (.endOfLog, .caughtUp, .caughtUp, .deadline),
      (.stopRequested, .stopRequested, .stopRequested, .deadline), (.timeOver, .deadline, .deadline, .deadline),
      (.timeOverInTransaction, .deadline, .deadline, .deadline), (.pipelineStopped, .deadline, .deadline, .deadline),
      (.stoppedInTransaction, .stopRequested, .stopRequested, .stopRequested),
    ] as [(SessionEnd, RunOutcome.Reason, RunOutcome.Reason, RunOutcome.Reason)])
  func reasons(
    _ end: SessionEnd, _ bounded: RunOutcome.Reason, _ unbounded: RunOutcome.Reason, _ aborted: RunOutcome.Reason
  ) {
    #expect(end.reason(isBounded: true, reachedRowLimit: false, wasAborted: false) == bounded)
    #expect(end.reason(isBounded: false, reachedRowLimit: false, wasAborted: false) == unbounded)
    #expect(end.reason(isBounded: true, reachedRowLimit: false, wasAborted: true) == aborted)
    #expect(end.reason(isBounded: true, reachedRowLimit: true, wasAborted: false) == .limit)
  }
}
