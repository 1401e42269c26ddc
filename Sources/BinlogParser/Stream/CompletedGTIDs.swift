import Bytes

/// Global ids of all transactions that ended in a stream, where they are known and all have one.
public struct CompletedGTIDs: Sendable {
  /// The ids up to the last end of a transaction.
  public private(set) var set: GTIDSet?
  /// The id of the open transaction.
  private var announced: GTID?
  /// True if there were transactions without an id: then no set says what was received.
  private var hasAnonymous = false

  /// The ids behind `set`, those of all transactions before the stream, where they are known.
  public init(_ set: GTIDSet?) { self.set = set }

  /// Takes in the event `frame`, whose body is `body`, if it tells ids.
  ///
  /// - Throws: `DecodeError` for an event that tells ids and cannot be read.
  public mutating func accept(_ frame: EventFrame, _ body: RawSpan) throws(DecodeError) {
    switch frame.header.type {
    case .gtid: announce(try GTIDEvent(body).gtid)
    case .taggedGTID: announce(try TaggedGTIDEvent(body).gtid)
    case .mariadbGTID: announce(try MariaDBGTIDEvent(body).gtid(server: frame.header.serverID))
    case .anonymousGTID: announceAnonymous()
    case .formatDescription where !frame.isOutsideOfFile: forgetOpenTransaction()
    case .previousGTIDs: add(MySQLGTIDSet(try PreviousGTIDsEvent(body)))
    // A stream that began behind a GTID may begin with a file, and a list, from before it.
    case .mariadbGTIDList where set == nil: set = .mariadb(MariaDBGTIDPosition(try MariaDBGTIDListEvent(body)))
    default: break
    }
  }

  /// Notes the id of the transaction that begins.
  mutating func announce(_ gtid: GTID?) { announced = gtid }

  /// Notes that the transaction which begins has no id.
  mutating func announceAnonymous() {
    announced = nil
    hasAnonymous = true
    set = nil
  }

  /// Adds the id of the open transaction, which ends.
  public mutating func complete() {
    guard let ended = announced else { return }
    announced = nil
    set?.add(ended)
  }

  /// Forgets an open transaction: it has no end, or the stream begins again before it.
  mutating func forgetOpenTransaction() { announced = nil }

  /// Adds the ids of all files before the one that begins, which a stream that began with this file does not know yet.
  private mutating func add(_ earlier: MySQLGTIDSet) {
    guard !hasAnonymous else { return }
    guard case .mysql(var set) = set else { return self.set = .mysql(earlier) }
    set.formUnion(earlier)
    self.set = .mysql(set)
  }
}
