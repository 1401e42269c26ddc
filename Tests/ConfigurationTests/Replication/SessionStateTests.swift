import BinlogParser
import Bytes
import MySQLBinlogConnector
import MySQLWire
import Platform
import TestSupport
import Testing

/// Decisions of a session about events: what is delivered, what is skipped, and from where a lost stream is taken up again.
@Suite struct SessionStateTests {
  typealias Event = ScriptedEvent

  private static let head: [Event] = [.madeUpRotate(ScriptedSession.file, at: 1000), .format()]
  private static func transaction(_ number: UInt64) -> [Event] { [.gtid(number), .begin, .rows, .xid] }

  /// Events behind the head of a stream, and the fates of all.
  struct Script: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let events: [Event]
    let fates: String

    init(_ name: String, _ events: [Event], _ fates: String) {
      testDescription = name
      self.events = events
      self.fates = fates
    }
  }

  // MARK: Fates

  @Test(arguments: [
    Script("a transaction", transaction(1), "dddB"),
    Script("two transactions", transaction(1) + transaction(2), "dddBdddB"),
    Script("a statement", [.gtid(1), .query("CREATE TABLE t (a INT)")], "dB"),
    Script("a rollback", [.gtid(1, mayHoldStatements: true), .begin, .rows, .rollback], "dddR"),
    Script("a new file", transaction(1) + [.rotate("binlog.000002"), .format(isInFile: true)], "dddBBB"),
    Script(
      "a new file, said twice", [.rotate("binlog.000002"), .madeUpRotate("binlog.000002"), .format(isInFile: true)],
      "BdB"),
  ])
  func fates(_ script: Script) throws {
    var session = ScriptedSession()
    let (fates, next) = try session.run(Self.head + script.events)
    #expect(fates == "dd" + script.fates)
    #expect(next == .proceed)
    #expect(session.state.boundary == session.stream.position)
  }

  /// A stream by GTID begins without the name of a file: there is no place before its first transaction.
  @Test func aStreamByGTIDHasNoPlaceBeforeItsFirstTransaction() throws {
    let start = ResumePoint(behind: try GTIDSet("01020304-0506-0708-090a-0b0c0d0e0f10:1-5"))
    var session = ScriptedSession(from: start)
    #expect(try session.run(Self.head).fates == "fd")
    #expect(session.state.nextStart == start)
    #expect(try session.run(Self.transaction(6)).fates == "dddB")
    let gtids = try GTIDSet("01020304-0506-0708-090a-0b0c0d0e0f10:1-6")
    #expect(session.state.nextStart.isSamePlace(as: ResumePoint(at: session.stream.position, gtids: gtids)))
  }

  /// Only a transaction that the log may take back waits for its end.
  @Test(
    arguments: [
      (.server, [.gtid(1), .begin], false), (.server, [.gtid(1, mayHoldStatements: true), .begin], true),
      (.files, [.gtid(1), .begin], true), (.server, [.gtid(1, mayHoldStatements: true), .begin, .xid], false),
    ] as [(SessionState.Source, [ScriptedEvent], Bool)])
  func holding(_ source: SessionState.Source, _ events: [ScriptedEvent], _ isHolding: Bool) throws {
    var session = ScriptedSession(source)
    if source == .files { _ = try session.run([.format()]) } else { _ = try session.run(Self.head) }
    _ = try session.run(events)
    #expect(session.state.isHolding == isHolding)
  }

  // MARK: Lost connections

  /// Events that come before a connection is lost; of the last transaction the pipeline has the first events.
  @Test(arguments: [
    Script("nothing of it", Array(transaction(2).prefix(0)), "dddB"),
    Script("its GTID", Array(transaction(2).prefix(1)), "-ddB"),
    Script("all but its end", Array(transaction(2).prefix(3)), "---B"),
  ])
  func ofATransactionThatComesAgainThePartInThePipelineIsSkipped(_ script: Script) throws {
    var session = ScriptedSession()
    _ = try session.run(Self.head + Self.transaction(1))
    let boundary = session.state.boundary
    _ = try session.run(script.events)
    session.hand()
    session.reconnect()
    #expect(session.state.nextStart.isSamePlace(as: ResumePoint(at: boundary)))
    #expect(session.state.isBetweenTransactions == script.events.isEmpty)
    let head: [Event] = [.madeUpRotate(ScriptedSession.file, at: boundary.offset), .format()]
    let skipped = script.events.isEmpty ? "dd" : "--"
    let (fates, next) = try session.run(head + Self.transaction(2))
    #expect(fates == skipped + script.fates)
    #expect(next == .proceed)
    #expect(session.state.isBetweenTransactions)
  }

  /// A part that only the reader had is dropped, and delivered when it comes again.
  @Test func whatThePipelineHasNotComesAgain() throws {
    var session = ScriptedSession()
    _ = try session.run(Self.head + Self.transaction(1))
    session.hand()
    _ = try session.run(Array(Self.transaction(2).prefix(3)))
    session.reconnect()
    let head: [Event] = [.madeUpRotate(ScriptedSession.file, at: session.state.boundary.offset), .format()]
    #expect(try session.run(head + Self.transaction(2)).fates == "dddddB")
  }

  /// A connection that is lost again and again while a transaction is skipped.
  @Test func aPartIsSkippedAsOftenAsItComes() throws {
    var session = ScriptedSession()
    _ = try session.run(Self.head + Self.transaction(1))
    let boundary = session.state.boundary
    _ = try session.run(Array(Self.transaction(2).prefix(2)))
    session.hand()
    let head: [Event] = [.madeUpRotate(ScriptedSession.file, at: boundary.offset), .format()]
    for count in [0, 1, 2] {
      session.reconnect()
      let expected = String(repeating: "-", count: 2 + count)
      #expect(try session.run(head + Self.transaction(2).prefix(count)).fates == expected)
    }
    session.reconnect()
    #expect(try session.run(head + Self.transaction(2)).fates == "----dB")
  }

  /// The log did not go on as it did.
  @Test func anotherTransactionInThePlaceOfTheOneThatCame() throws {
    var session = ScriptedSession()
    _ = try session.run(Self.head + Self.transaction(1))
    let boundary = session.state.boundary
    _ = try session.run(Array(Self.transaction(2).prefix(3)))
    session.hand()
    session.reconnect()
    let head: [Event] = [.madeUpRotate(ScriptedSession.file, at: boundary.offset), .format()]
    let other: [Event] = [.gtid(2), .query("CREATE TABLE another_one_with_a_long_name (a INT, b INT, c INT)")]
    let (fates, next) = try session.run(head + other)
    #expect(fates == "----")
    #expect(next == .sourceChanged(.otherTransaction(boundary)))
  }

  /// A file that was begun at another time is another one: the log was reset.
  @Test(arguments: [(UInt32(1000), true), (2000, false), (0, true)])
  func reset(_ created: UInt32, _ isSame: Bool) throws {
    var session = ScriptedSession()
    _ = try session.run(Self.head + Self.transaction(1))
    session.reconnect()
    let offset = session.state.boundary.offset
    let next = try session.run([.madeUpRotate(ScriptedSession.file, at: offset), .format(created: created)]).next
    #expect(next == (isSame ? .proceed : .sourceChanged(.logReset(file: ScriptedSession.file))))
  }

  /// A server that goes back would send rows twice.
  @Test(arguments: [(ScriptedSession.file, UInt64(900)), ("binlog.000000", 5000)])
  func aServerThatGoesBackIsAnError(_ file: String, _ offset: UInt64) throws {
    var session = ScriptedSession()
    _ = try session.run(Self.head + Self.transaction(1))
    #expect(throws: BinlogError.self) { try session.accept(.madeUpRotate(file, at: offset)) }
  }

  /// The server died while it wrote the transaction: the next file begins in place of its end.
  @Test func anIncompleteTransactionIsFoundAndThenDropped() throws {
    var session = ScriptedSession()
    _ = try session.run(Self.head + Self.transaction(1))
    let boundary = session.state.boundary
    let rest: [Event] = [
      .gtid(2), .begin, .rows, .madeUpRotate("binlog.000002"), .format(created: 2000, isInFile: true),
    ]
    let (fates, next) = try session.run(rest)
    #expect(fates.hasPrefix("dddd"))
    #expect(next == .sourceChanged(.incompleteTransaction(boundary)))
    #expect(session.state.incomplete == [boundary])

    var again = ScriptedSession(incomplete: session.state.incomplete)
    let second = try again.run(Self.head + Self.transaction(1) + rest + Self.transaction(3))
    #expect(second.fates == "dddddB----BdddB")
    #expect(second.next == .proceed)
  }

  /// The event at which the dump of an encrypted log begins cannot be sent: the dump must begin behind it.
  @Test func anEncryptedLogIsReadBehindItsFirstEvent() throws {
    let place = BinlogPosition(file: ScriptedSession.file, offset: 126)
    var session = ScriptedSession(from: ResumePoint(at: place))
    let (_, next) = try session.run([.madeUpRotate(place.file, at: place.offset), .format(), .startEncryption])
    #expect(next == .beginBehind)
    #expect(session.state.nextStart.isSamePlace(as: ResumePoint(at: session.stream.position, gtids: nil)))
  }
}
