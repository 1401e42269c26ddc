import Bytes

/// Tells where transactions begin and end in a stream of events, and which global transaction ids are complete.
///
/// Only between two transactions may a run end, cut its output, or begin again. A transaction reaches
///
/// - in MySQL from GTID or ANONYMOUS_GTID, or without them from BEGIN, to XID, COMMIT, XA_PREPARE or TRANSACTION_PAYLOAD;
///   after a GTID a single statement, such as DDL, is a transaction too;
/// - in MariaDB from its GTID, and by a flag of the GTID only to the one statement that follows;
/// - in logs that have neither over the events that belong to one statement.
public struct TransactionTracker: Sendable {
  private enum Place {
    case outside
    /// A GTID came: what follows is a transaction or a single statement.
    case announced
    /// Within a transaction that ends with an event of its own.
    case transaction
    /// Within the events of a single statement that no transaction encloses.
    case statement
  }

  private var place = Place.outside
  private var ids: CompletedGTIDs
  /// Events that the open transaction, or else the last one, takes back.
  public private(set) var undone = UndoneEvents()
  /// True if the open transaction may end with ROLLBACK, or have a ROLLBACK TO, as far as the log tells before.
  ///
  /// MySQL says in the GTID whether it may hold statements, without which it logs nothing that was rolled back. The flags of
  /// MariaDB's GTID are the same either way.
  public private(set) var mayRollBack = false

  /// A tracker between two transactions; `gtids` are those of all transactions before it, where they are known.
  public init(gtids: GTIDSet?) { ids = CompletedGTIDs(gtids) }

  /// The ids of all transactions up to the last boundary, where they are known and all have one.
  public var gtids: GTIDSet? { ids.set }

  /// True if the last event left no transaction open.
  public var isOutside: Bool { place == .outside }

  /// True if a transaction, or what a GTID announces, is open.
  public var isInTransaction: Bool { place == .announced || place == .transaction }

  /// The same tracker without the ids, for a look ahead.
  public var withoutIDs: TransactionTracker {
    var copy = self
    copy.ids = CompletedGTIDs(nil)
    return copy
  }

  /// Forgets an open transaction: the stream begins again before it.
  public mutating func forgetOpenTransaction() {
    place = .outside
    ids.forgetOpenTransaction()
  }

  /// Takes in the event `frame` of a log in `format`.
  ///
  /// - Throws: `BinlogError` for an event that marks a transaction's beginning or end and cannot be read.
  public mutating func accept(
    _ frame: EventFrame, _ body: RawSpan, _ format: FormatDescriptionEvent?
  ) throws(BinlogError) {
    do {
      try follow(frame, body, format)
    } catch {
      var error = BinlogError(error.shifted(by: EventHeader.byteCount))
      error.position = frame.start
      error.eventType = frame.header.type
      throw error
    }
  }

  private mutating func follow(
    _ frame: EventFrame, _ body: RawSpan, _ format: FormatDescriptionEvent?
  ) throws(DecodeError) {
    if place != .outside { undone.count() }
    switch frame.header.type {
    case .gtid, .anonymousGTID, .taggedGTID, .mariadbGTID: try announce(frame, body)
    case .query: try decide(TransactionStatement(try QueryEvent(body).statement))
    // The server compresses no statement as short as those that end transactions.
    case .queryCompressed, .executeLoadQuery: try decide(.other)
    case .xid, .xaPrepare, .transactionPayload: end()
    case .formatDescription where !frame.isOutsideOfFile: forgetOpenTransaction()
    case .previousGTIDs, .mariadbGTIDList: try ids.accept(frame, body)
    case let type where type.beginsStatement: if place == .outside { place = .statement }
    case let type where place == .statement && RowsEvent.kind(of: type) != nil:
      if try RowsEvent.endsStatement(body, postHeaderLength: format?.postHeaderLength(of: type) ?? 0) { end() }
    default: break
    }
  }

  private mutating func announce(_ frame: EventFrame, _ body: RawSpan) throws(DecodeError) {
    begin(.announced)
    switch frame.header.type {
    case .gtid:
      let event = try GTIDEvent(body)
      ids.announce(event.gtid)
      mayRollBack = event.mayHoldStatements
    case .taggedGTID:
      let event = try TaggedGTIDEvent(body)
      ids.announce(event.gtid)
      mayRollBack = event.mayHoldStatements
    case .mariadbGTID:
      let event = try MariaDBGTIDEvent(body)
      ids.announce(event.gtid(server: frame.header.serverID))
      if !event.isStandalone { place = .transaction }
    default:
      ids.announceAnonymous()
      mayRollBack = (try? GTIDEvent(body))?.mayHoldStatements ?? true
    }
  }

  private mutating func begin(_ place: Place) {
    self.place = place
    undone = UndoneEvents()
    undone.count()
    mayRollBack = true
  }

  private mutating func decide(_ statement: TransactionStatement) throws(DecodeError) {
    if isInTransaction { try undone.accept(statement) }
    switch statement {
    case .begin: if place == .announced { place = .transaction } else { begin(.transaction) }
    case .commit, .rollback: end()
    case .savepoint, .rollbackTo, .release, .other: if place != .transaction { end() }
    }
  }

  private mutating func end() {
    place = .outside
    ids.complete()
  }
}

extension EventType {
  /// True if the event belongs to the statement that follows it.
  fileprivate var beginsStatement: Bool {
    switch self {
    case .tableMap, .rowsQuery, .annotateRows: true
    // INTVAR, APPEND_BLOCK, RAND, USER_VAR, BEGIN_LOAD_QUERY.
    default: [5, 9, 13, 14, 17].contains(rawValue)
    }
  }
}
