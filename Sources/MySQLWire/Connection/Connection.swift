import Bytes
import Platform

/// One connection to a MySQL or MariaDB server: login, queries, and the binlog dump.
///
/// For one thread at a time: all calls come from the thread that opened it. After an error that is not the server's
/// refusal of a command the connection is of no more use; `close()` it.
public final class Connection {
  /// What the connection can do next.
  private enum State {
    case idle
    case dumping(nonBlocking: Bool)
    case unusable
  }

  private let options: ConnectionOptions
  private let transport: Transport
  private let greeting: HandshakeV10
  private var commands: CommandPhase
  private var state = State.idle
  /// The latest COM_BINLOG_DUMP, for errors.
  private var dump = WireError.Activity.readEvent

  /// Connects, starts TLS and logs in.
  public init(_ options: ConnectionOptions) throws(WireError) {
    self.options = options
    transport = Transport(try Self.connect(options))
    var commands = CommandPhase(transport)
    greeting = try Self.logIn(options, &commands)
    self.commands = commands
    transport.link.patience = .idle(seconds: options.readTimeoutSeconds)
  }

  deinit { transport.close() }

  // MARK: What is known of the server

  /// The server's version without MariaDB's "5.5.5-": "9.7.0", "11.8.2-MariaDB".
  public var serverVersion: String { greeting.displayVersion }
  /// True if the server is MariaDB.
  public var isMariaDB: Bool { greeting.isMariaDB }
  /// The server's number for this connection, as in SHOW PROCESSLIST.
  public var connectionID: UInt32 { greeting.threadID }
  /// True if TLS is up.
  public var isEncrypted: Bool { transport.isEncrypted }
  /// "TLS 1.3"; nil without TLS. The cipher is in `query("SHOW SESSION STATUS LIKE 'Ssl_cipher'")`.
  public var tlsVersion: String? { transport.tlsVersion }
  /// The address connected to: "127.0.0.1".
  public var peerAddress: String { transport.link.peer.host }

  // MARK: Statements

  /// Runs a statement and returns its result. Throws the server's refusal, after which the connection still serves.
  public func query(_ statement: String) throws(WireError) -> ResultSet {
    try perform(.query(statement)) { () throws(WireFailure) in try commands.query(statement) }
  }

  /// COM_REGISTER_SLAVE: makes this program a replica in the server's eyes. `hostName` is shown in SHOW REPLICAS.
  public func registerReplica(serverID: UInt32, hostName: String = "") throws(WireError) {
    let command = ComRegisterSlave(serverID: serverID, hostName: hostName)
    try perform(.registerReplica) { () throws(WireFailure) in try commands.run { command.encode(into: &$0) } }
  }

  /// Sets the session variables that a binlog dump obeys.
  ///
  /// - Parameters:
  ///   - heartbeatSeconds: after so long without an event the server sends a heartbeat; 0 for none.
  ///   - replicaUUID: what the server knows this replica by; a new random one unless given.
  /// - Returns: the server's binlog_checksum, "CRC32" or "NONE", which holds until the first FORMAT_DESCRIPTION event.
  public func prepareBinlogDump(heartbeatSeconds: Double, replicaUUID: String? = nil) throws(WireError) -> String {
    let settings = DumpSettings(
      heartbeatSeconds: heartbeatSeconds, replicaUUID: replicaUUID ?? DumpSettings.randomUUID(), isMariaDB: isMariaDB)
    return try perform(.prepareDump) { () throws(WireFailure) in
      for statement in settings.statements { _ = try commands.query(statement) }
      dumpLock = try takeLock()
      return try agreeOnChecksum()
    }
  }

  /// Runs a statement in the course of something else.
  func run(_ statement: String) throws(WireFailure) -> ResultSet { try commands.query(statement) }

  /// Servers before 5.6 know neither the variable nor checksums.
  private func agreeOnChecksum() throws(WireFailure) -> String {
    do throws(WireFailure) {
      _ = try commands.query(DumpSettings.checksumStatement)
      return try commands.query(DumpSettings.checksumQuery).rows.first?.first.flatMap { $0 } ?? "NONE"
    } catch {
      guard case .server(let refusal) = error, refusal.code == ServerErrorCode.unknownSystemVariable else {
        throw error
      }
      return "NONE"
    }
  }

  // MARK: Binlog dump

  /// Asks for the events from `start` on, and of all files after it.
  ///
  /// The connection serves nothing but `nextEvent` from then on. A refusal comes with the first `nextEvent`.
  /// With `nonBlocking` the server reports the end of the log instead of waiting for new events.
  public func startBinlogDump(from start: DumpStart, serverID: UInt32, nonBlocking: Bool) throws(WireError) {
    let activity = WireError.Activity.dump(start)
    try perform(activity) { () throws(WireFailure) in
      switch start {
      case .position(let file, let offset):
        let command = try ComBinlogDump(
          file: file, position: offset, serverID: serverID, nonBlocking: nonBlocking, annotateRows: isMariaDB)
        try commands.start { command.encode(into: &$0) }
      case .gtidSet(let encoded, _):
        let command = ComBinlogDumpGTID(gtidSet: encoded, serverID: serverID, nonBlocking: nonBlocking)
        try commands.start { command.encode(into: &$0) }
      case .gtidPosition(let position):
        for statement in DumpSettings.connectState(position) { _ = try commands.query(statement) }
        let command = try ComBinlogDump(
          file: "", position: 4, serverID: serverID, nonBlocking: nonBlocking, annotateRows: true)
        try commands.start { command.encode(into: &$0) }
      }
    }
    dump = activity
    state = .dumping(nonBlocking: nonBlocking)
    isDumping = true
  }

  /// Lock that tells the session of the dump from others; nil where the server gives none.
  public private(set) var dumpLock: SessionLock?

  /// The error of a dump whose end came before the end of the log: somebody ended the statement, or the server stops.
  public var dumpWasCut: WireError { failed(dump, .dumpEnded) }

  /// True if the server sends a dump, and will go on until it notices that the connection is closed.
  public private(set) var isDumping = false

  /// What `nextEvent` found.
  public enum DumpResult: Sendable, Equatable {
    /// An event of so many bytes, appended to the caller's buffer.
    case event(byteCount: Int)
    /// The end of the log, in a dump that is not blocking. The connection is idle again.
    case endOfLog
  }

  /// Waits for the next event and appends it, from the first byte of its header, to `output`.
  ///
  /// Nothing is appended when it throws. An event beyond the options' `maxEventBytes` is an error, and so is the end of a
  /// dump that was to wait for ever: a server that shuts down, or whose administrator kills the connection, ends it with
  /// EOF.
  public func nextEvent(appendingTo output: inout OutputBuffer) throws(WireError) -> DumpResult {
    guard case .dumping(let nonBlocking) = state else { throw failed(.readEvent, .notReady) }
    do throws(WireFailure) {
      let count = try commands.readEvent(into: &output, limit: min(options.maxEventBytes, Limits.event))
      if let count { return .event(byteCount: count) }
      isDumping = false
      guard nonBlocking else { throw .dumpEnded }
      state = .idle
      return .endOfLog
    } catch {
      state = .unusable
      // After a restart of the server the connection's number may be somebody else's.
      isDumping = isDumping && error == .interrupted
      throw failed(dump, error)
    }
  }

  /// True if `nextEvent` can answer without waiting for the network. Hand over what you have before it waits.
  public func hasBufferedEvent() -> Bool { commands.hasCompletePacket() }

  // MARK: The end

  /// Says goodbye where the protocol allows it, and closes the connection in any case. More calls do nothing.
  public func close() {
    transport.link.patience = .until(Deadline(secondsFromNow: 1), seconds: 1)
    if case .idle = state {
      // The server may be gone already, which is no news any more.
      do throws(WireFailure) { try commands.start { ComQuit().encode(into: &$0) } } catch { state = .unusable }
    }
    state = .unusable
    transport.close()
  }

  /// Runs `body` on an idle connection, and adds `activity` to what it throws.
  private func perform<T>(_ activity: WireError.Activity, _ body: () throws(WireFailure) -> T) throws(WireError) -> T {
    guard case .idle = state else { throw failed(activity, .notReady) }
    // The time is for the whole of it: a server that sends a byte now and then cannot hold it for ever.
    let seconds = options.readTimeoutSeconds
    transport.link.patience = .until(Deadline(secondsFromNow: Double(seconds)), seconds: seconds)
    defer { transport.link.patience = .idle(seconds: seconds) }
    do throws(WireFailure) { return try body() } catch {
      // After the server's refusal of a command the connection is idle; after anything else nobody knows.
      if case .server = error {} else { state = .unusable }
      throw failed(activity, error)
    }
  }

  /// The error of a connection that is of no use, because of `failure`.
  func refused(_ failure: WireFailure) -> WireError { failed(.connect, failure) }

  private func failed(_ activity: WireError.Activity, _ failure: WireFailure) -> WireError {
    WireError(activity, options, failure)
  }
}
