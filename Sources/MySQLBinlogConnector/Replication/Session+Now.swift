import BinlogParser
import MySQLWire

extension Session {
  /// The run in which `now`, as a start or as an end, has become the end of the server's log at this moment.
  ///
  /// It costs a connection of its own, before the first one that streams.
  ///
  /// - Parameter isContinued: the start is known already.
  func atLogEnd(_ replica: Replica, isContinued: Bool) throws(RunError) -> Session {
    let beginsNow = configuration.start == .now && !isContinued
    guard beginsNow || configuration.stop.endsNow else { return self }
    let end = try logEnd(replica)
    log.info("now is \(end), where the server's log ends")
    var run = self
    if beginsNow {
      run.configuration.start = .position(end)
      run.configuration.range = configuration.range.beginning(at: end)
    }
    if configuration.stop.endsNow {
      let from = run.configuration.range.from
      run.configuration.range = BinlogRange(from: from, toFile: end.file, toOffset: end.offset)
      run.configuration.stop = StopCondition()
    }
    return run
  }

  private func logEnd(_ replica: Replica) throws(RunError) -> BinlogPosition {
    do throws(WireError) {
      let connection = try replica.connect()
      defer { replica.end(connection) }
      if let end = try ServerFacts.logEnd(connection) { return end }
    } catch {
      throw .wire(error, reached: nil)
    }
    throw refusal(
      "now is the end of the server's log, which only the privilege REPLICATION CLIENT (MariaDB: BINLOG MONITOR) tells")
  }

  /// Throws where the range ends before `start`, at which it begins: whoever asks for it wants something else.
  /// A bound by time may lie on the wrong side: of ranges that share their bounds, some hold nothing.
  func checkOrder(_ start: ResumePoint, _ range: BinlogRange) throws(RunError) {
    if start.isByGTID { return }
    if case .timestamp = configuration.start { return }
    if let last = configuration.stop.gtids, let gtids = start.gtids, gtids != last, gtids.isSuperset(of: last) {
      throw refusal("the range ends behind GTID set '\(last)', before it begins at \(start)")
    }
    guard let file = range.toFile else { return }
    // A file's own end lies behind everything in it.
    guard BinlogPosition(file: file, offset: range.toOffset ?? .max).precedes(start.position) else { return }
    let offset = range.toOffset.map { ":\($0)" } ?? ""
    throw refusal("the range ends at \(file)\(offset), before it begins at \(start)")
  }

  private func refusal(_ message: String) -> RunError {
    .configuration(
      ConfigurationError(path: configuration.path, problems: [ConfigurationProblem(.invalidValue, message)]))
  }
}
