import BinlogParser
import Logging
import MySQLWire
import Platform

/// What a part of the server's log says of changes of tables' columns: the part from rows that are being decoded up to the
/// moment at which the server was asked for the columns.
///
/// It is looked through no more than once, however many tables are asked for, and begins anew where rows have come behind
/// it.
struct DefinitionScan {
  /// Why the log was not looked through.
  enum Failure: Error {
    /// The run is to end.
    case stopped
    /// The log could not be read.
    case log(RunError)
    /// The server has not sent its log as far as it says that it reaches.
    case endMissing(BinlogPosition)
  }

  private let replica: Replica
  private let maxEventBytes: Int
  private var changes = DefinitionChanges()
  private var begun = BinlogPosition(file: "", offset: 0)
  private var end = BinlogPosition(file: "", offset: 0)
  private let log = Logger(label: "event_parser")

  /// The end of the log that a server shows may be sent a moment later.
  private static let attempts = 50
  /// A shorter look at one file is not told of.
  private static let quietByteCount: UInt64 = 1 << 20
  /// The look goes on so far behind the place that is wanted, so that it ends with the log and not in the middle of a dump.
  private static let excessByteCount: UInt64 = 1 << 20
  /// After so long a look a stop signal ends it.
  private static let stopInterval: Duration = .seconds(1)

  /// A look at the log of the server that `replica` connects to.
  init(_ replica: Replica) {
    self.replica = replica
    maxEventBytes = replica.connectionOptions(interrupt: nil).maxEventBytes
  }

  /// The last statement behind `place` that may have changed the columns of `table`, as far as the log was looked through;
  /// nil where there is none, or `place` is not in that part.
  func lastChange(of table: TableKey, behind place: BinlogPosition) -> BinlogPosition? {
    guard covers(place), let change = changes.last(of: table) else { return nil }
    return place.precedes(change) ? change : nil
  }

  private func covers(_ place: BinlogPosition) -> Bool { !place.precedes(begun) && !end.precedes(place) }

  /// Looks through the log from `place`, where an event starts, to `target`, or to its end, over `connection`.
  mutating func extend(
    from place: BinlogPosition, to target: BinlogPosition?, _ connection: Connection
  ) throws(Failure) {
    if !covers(place) {
      changes = DefinitionChanges()
      begun = place
      end = place
    }
    var attempt = 0
    while target.map({ end.precedes($0) }) ?? (attempt == 0) {
      guard attempt < Self.attempts else { throw .endMissing(target ?? end) }
      if attempt > 0 { try rest() }
      attempt += 1
      let isStopped: Bool
      do throws(RunError) {
        isStopped = try LogScan.run(replica, connection, from: end, knownEnd: nil) { scan throws(RunError) in
          try look(&scan, to: target)
        }
      } catch {
        throw .log(error)
      }
      if isStopped { throw .stopped }
    }
  }

  private func rest() throws(Failure) {
    let isWoken: Bool
    do { isWoken = try !replica.interrupt.sleep(milliseconds: 20) } catch { throw .log(.system(error)) }
    if isWoken { throw .stopped }
  }

  private var isStopping: Bool { Signals.stopRequested || replica.interrupt.isTriggered }

  /// Takes in events up to `target`; true when a stop signal came first.
  private mutating func look(_ scan: inout LogScan, to target: BinlogPosition?) throws(RunError) -> Bool {
    let start = ContinuousClock.now
    let isLong = target.map { $0.file != end.file || $0.offset - end.offset > Self.quietByteCount } ?? true
    if isLong {
      let goal = target.map { "\($0)" } ?? "its end"
      log.info("looking through the log from \(end) to \(goal) for statements that change columns")
    }
    while isDue(target), let frame = try scan.next() {
      let place = BinlogPosition(file: end.file, offset: frame.start)
      changes.note(scan.definitions(of: frame, limit: maxEventBytes), at: place)
      end = scan.position
      if isStopping, start.duration(to: .now) > Self.stopInterval { return true }
    }
    if isLong { log.info("looked through the log up to \(end) in \(start.duration(to: .now))") }
    return false
  }

  /// True if another event is to be taken in on the way to `target`.
  private func isDue(_ target: BinlogPosition?) -> Bool {
    guard let target, !end.precedes(target) else { return true }
    return end.file == target.file && end.offset - target.offset < Self.excessByteCount
  }
}

extension DefinitionScan.Failure: CustomStringConvertible {
  /// One phrase for a log.
  var description: String {
    switch self {
    case .stopped: "the run is to end, and its log was not looked through for changes of the columns"
    case .log(let error): "its log could not be looked through for changes of the columns: \(error.whatAndWhere)"
    case .endMissing(let place): "its log was not sent as far as \(place)"
    }
  }
}
