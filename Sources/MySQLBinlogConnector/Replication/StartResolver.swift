import BinlogParser
import Logging
import MySQLWire
import Pipeline

/// Decides from where a run streams: from its checkpoint, else as the configuration says.
struct StartResolver {
  /// Who says from which place to go on.
  enum Origin {
    /// The checkpoint file, or this run itself.
    case checkpoint
    /// Whoever asks for the run.
    case request
  }

  private let configuration: Configuration
  private let origin: Origin
  private let mayChangeServer: Bool
  private let hasStreamed: Bool
  private let log = Logger(label: "main")

  /// A resolver of starts as the configuration, and `origin`, say them.
  ///
  /// - Parameters:
  ///   - mayChangeServer: whether a place of one server may be found on another one, by GTID.
  ///   - hasStreamed: whether the run has streamed before: another server is then given time to catch up.
  init(
    _ configuration: Configuration, placeOf origin: Origin = .checkpoint, mayChangeServer: Bool = true,
    hasStreamed: Bool = false
  ) {
    self.configuration = configuration
    self.origin = origin
    self.mayChangeServer = mayChangeServer
    self.hasStreamed = hasStreamed
  }

  /// How long another server may take to apply what the checkpoint has.
  private var catchUpSeconds: Int { hasStreamed ? 30 : 0 }

  // MARK: Files

  /// The start in the configured files; `checkpoint` is the last one, if there is one.
  func start(_ checkpoint: Checkpoint?, in files: FileSettings) throws(RunError) -> ResumePoint {
    guard let checkpoint else {
      guard case .timestamp(let time) = configuration.start else {
        return ResumePoint(at: configuration.range.from)
      }
      return try TimestampSearch(.files(files)).start(at: time)
    }
    let position = checkpoint.position
    log.info("going on from the checkpoint: \(position)")
    if files.files.contains(where: { $0.name == position.file }) {
      return ResumePoint(at: position, gtids: gtids(of: checkpoint, isMariaDB: nil))
    }
    guard let first = files.files.first?.name, BinlogFileOrder.precedes(position.file, first) else {
      throw refusal("files has no \(position.file), in which the checkpoint is: add it; \(wayToReset)")
    }
    guard files.allowsGaps || BinlogFileOrder.isNext(first, after: position.file) else {
      throw refusal(
        "the file behind \(position.file), in which the checkpoint is, is not among the files, whose first one is \(first): "
          + "add what is missing, set \"allow_gaps\" to true to go on without its rows, or remove the checkpoint")
    }
    log.warning("the checkpoint \(position) lies before the first of the files: going on from the start of \(first)")
    return ResumePoint(at: BinlogPosition(file: first, offset: 4))
  }

  /// Where the run from `start` on ends by time in `log`; nil where it does not, or where the log cannot be looked at.
  ///
  /// - Parameter checkpoint: what the start was taken from, if anything.
  func timeStop(
    from start: ResumePoint, _ checkpoint: Checkpoint?, _ searched: SearchedLog?
  ) throws(RunError) -> TimeStop? {
    guard let time = configuration.stop.timestamp else { return nil }
    guard let searched else {
      log.warning(
        "to_timestamp \(time) is looked for from the start of the run on, and not in the file before it: that needs the privilege REPLICATION CLIENT"
      )
      return TimeStop(time, since: start.position)
    }
    var isFromEarlierTime = false
    if checkpoint == nil, case .timestamp(let from) = configuration.start { isFromEarlierTime = from <= time }
    return try TimestampSearch(searched).stop(at: time, from: start, isFromEarlierTime: isFromEarlierTime)
  }

  // MARK: A server

  /// The start in the server's log.
  func start(
    _ checkpoint: Checkpoint?, _ replica: Replica, _ connection: Connection, _ facts: ServerFacts
  ) throws(RunError) -> ResumePoint {
    if let checkpoint { return try start(checkpoint, replica, connection, facts) }
    switch configuration.start {
    case .position(let position):
      return ResumePoint(at: position, gtids: try gtids(before: position, replica, connection, facts))
    case .now: preconditionFailure("the end of the log, which was not asked for")
    case .oldest:
      guard let start = try OldestStart(connection, facts).find() else {
        throw configurationError("the oldest event needs the privilege REPLICATION CLIENT, to list the binlog files")
      }
      return start
    case .gtids(let set):
      guard set.isMariaDB == facts.isMariaDB else {
        let kind = facts.isMariaDB ? "MariaDB server has GTIDs like 0-1-100" : "MySQL server has GTIDs like uuid:1-100"
        throw configurationError("gtid_set: a \(kind)")
      }
      guard try !ServerHistory(connection).omits(set) else {
        throw configurationError("gtid_set: \(facts.server.name) is \(Self.quietReplica)")
      }
      return ResumePoint(behind: set)
    case .timestamp(let time):
      guard let searched = facts.searchedLog(replica) else {
        throw configurationError("from_timestamp needs the privilege REPLICATION CLIENT, to list the binlog files")
      }
      return try TimestampSearch(searched).start(at: time)
    }
  }

  /// The ids of all transactions before `position`, where somebody will want them.
  private func gtids(
    before position: BinlogPosition, _ replica: Replica, _ connection: Connection, _ facts: ServerFacts
  ) throws(RunError) -> GTIDSet? {
    // From the first event on, the log itself tells.
    guard facts.hasGTIDs, configuration.needsGTIDs, position.offset > 4 else { return nil }
    guard facts.isMariaDB else {
      return try LogScan.run(replica, facts, position.file) { scan throws(RunError) in try scan.gtids(before: position)
      }
    }
    return try ServerHistory(connection).gtids(before: position)
  }

  private func start(
    _ checkpoint: Checkpoint, _ replica: Replica, _ connection: Connection, _ facts: ServerFacts
  ) throws(RunError) -> ResumePoint {
    let gtids = gtids(of: checkpoint, isMariaDB: facts.isMariaDB)
    let position = checkpoint.position
    let isSame = checkpoint.server.isSame(as: facts.server)
    guard isSame || mayChangeServer else {
      throw refusal(
        "it is of another server, \(checkpoint.server.name), and this is \(facts.server.name), whose output files could "
          + "have the same names: set a checkpoint_file, which keeps them apart, or \(wayToReset)")
    }
    if isSame {
      if let gtids, facts.hasGTIDs { try checkOwnHistory(checkpoint, gtids, replica, connection, facts) }
    } else {
      try checkHistory(of: checkpoint.server, gtids, replica, connection, facts)
    }
    if isSame, gtids == nil || facts.binlogs?.contains(where: { $0.name == position.file }) ?? true {
      try checkFile(checkpoint, replica, facts)
      log.info("going on from the checkpoint: \(position)")
      guard gtids == nil else { return ResumePoint(at: position, gtids: gtids) }
      return ResumePoint(at: position, gtids: try self.gtids(before: position, replica, connection, facts))
    }
    guard let gtids else { throw refusal("it has no GTID set") }
    if !isSame {
      let other = checkpoint.server.name
      log.warning("the checkpoint is of another server, \(other), and this is \(facts.server.name): going on by GTID")
    }
    log.info("going on from the checkpoint: GTID set '\(gtids)'")
    return ResumePoint(behind: gtids)
  }

  /// Throws if the file is another one of its name: the server's log was reset, or its data were restored.
  private func checkFile(
    _ checkpoint: Checkpoint, _ replica: Replica, _ facts: ServerFacts
  ) throws(RunError) {
    guard let created = checkpoint.binlogFileCreated else { return }
    let now = try LogScan.run(replica, facts, checkpoint.binlogFile) { scan throws(RunError) in try scan.beginning() }
    guard let now, now > 0, now != created else { return }
    if hasStreamed {
      let position = checkpoint.position
      throw .logReset(file: checkpoint.binlogFile, written: ResumePoint(at: position), received: position)
    }
    throw refusal(
      "the server's log was reset: \(checkpoint.binlogFile) is no longer the file that was read; "
        + "\(wayToReset)")
  }

  /// Throws unless the server has all transactions of its own checkpoint.
  private func checkOwnHistory(
    _ checkpoint: Checkpoint, _ gtids: GTIDSet, _ replica: Replica, _ connection: Connection, _ facts: ServerFacts
  ) throws(RunError) {
    guard gtids.isMariaDB == facts.isMariaDB else {
      throw refusal(
        "its GTID set is of another kind of server than \(facts.server.name): restore it, or \(wayToReset)")
    }
    let history = ServerHistory(connection)
    if try history.includes(gtids) { return }
    if try history.hasLogged(gtids, before: checkpoint.position) { return }
    guard try !has(gtids, replica, history, facts) else { return }
    throw refusal(
      "it is of this server, which now lacks transactions of its GTID set '\(gtids)': the server's log was reset, or its"
        + " data were restored from before; \(wayToReset)")
  }

  /// Throws unless the server has all transactions of a checkpoint of `other`, and will log those that follow.
  private func checkHistory(
    of other: Checkpoint.Server, _ gtids: GTIDSet?, _ replica: Replica, _ connection: Connection, _ facts: ServerFacts
  ) throws(RunError) {
    let servers = "it is of another server, \(other.name), and this is \(facts.server.name)"
    let hint = "set host to the right server; \(wayToReset)"
    guard let gtids, facts.hasGTIDs, gtids.isMariaDB == facts.isMariaDB else {
      throw refusal("\(servers), which only GTIDs could relate: \(hint)")
    }
    let history = ServerHistory(connection)
    guard try !history.omitsReplicated() else {
      throw refusal(
        "\(servers), \(Self.quietReplica)")
    }
    guard try has(gtids, replica, history, facts) else {
      throw refusal("\(servers), which lacks transactions of its GTID set '\(gtids)': \(hint)")
    }
  }

  /// True if the server has all transactions of `gtids`, perhaps after a while: a replica that takes over may still have
  /// to apply the last of them.
  private func has(
    _ gtids: GTIDSet, _ replica: Replica, _ history: ServerHistory, _ facts: ServerFacts
  ) throws(RunError) -> Bool {
    let end = ContinuousClock.now + .seconds(catchUpSeconds)
    var isWaiting = false
    while true {
      if try history.includes(gtids) { return true }
      guard .now < end else { return false }
      if !isWaiting { log.warning("\(facts.server.name) lacks transactions: waiting \(catchUpSeconds) s for them") }
      isWaiting = true
      // After a stop signal the next question throws.
      do { _ = try replica.interrupt.sleep(milliseconds: 250) } catch { throw .system(error) }
    }
  }

  /// The checkpoint's GTID set; nil for an empty one, which tells no place.
  private func gtids(of checkpoint: Checkpoint, isMariaDB: Bool?) -> GTIDSet? {
    let gtids = checkpoint.gtidSet.flatMap { GTIDSet(trusted: $0, isMariaDB: isMariaDB ?? false) }
    return gtids?.isEmpty == false ? gtids : nil
  }

  private func refusal(_ reason: String) -> RunError {
    configurationError("\(nameOfPlace): \(reason)")
  }

  private static let quietReplica =
    "a replica that does not log what it replicates: set host to its source, or log_slave_updates (log_replica_updates) on"
    + " the replica to ON"

  private var nameOfPlace: String {
    if origin == .request { return "next" }
    return configuration.durability.checkpointFile.map { "checkpoint_file \($0)" } ?? "the place reached"
  }

  private var wayToReset: String {
    let how = origin == .request ? "leave next out" : "remove the checkpoint file"
    return "to begin anew, move the output away, in which rows would come twice, and \(how)"
  }

  private func configurationError(_ message: String) -> RunError {
    .configuration(
      ConfigurationError(path: configuration.path, problems: [ConfigurationProblem(.invalidValue, message)]))
  }
}

extension GTIDSet {
  /// The set that a server or this program printed; nil if it is none after all.
  init?(trusted text: String, isMariaDB: Bool) {
    guard !text.isEmpty else {
      self = isMariaDB ? .mariadb(MariaDBGTIDPosition()) : .mysql(MySQLGTIDSet())
      return
    }
    guard let set = try? GTIDSet(text) else { return nil }
    self = set
  }

  /// True if it is MariaDB's.
  fileprivate var isMariaDB: Bool {
    if case .mariadb = self { true } else { false }
  }
}

extension Checkpoint.Server {
  /// The UUID, or the number where there is none.
  fileprivate var name: String {
    let number = serverID.map { "server_id \($0)" }
    return (uuid == "unknown" ? number : uuid ?? number) ?? "a server without a UUID"
  }
}
