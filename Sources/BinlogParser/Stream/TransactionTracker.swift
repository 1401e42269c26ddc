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
  private var announced: GTID?
  /// Whether there were transactions without an id: then no set says what was received.
  private var hasAnonymous = false
  /// The ids of all transactions up to the last boundary, where they are known and all have one.
  public private(set) var gtids: GTIDSet?

  /// A tracker between two transactions; `gtids` are those of all transactions before it, where they are known.
  public init(gtids: GTIDSet?) { self.gtids = gtids }

  /// Whether the last event left no transaction open.
  public var isOutside: Bool { place == .outside }

  /// Forgets an open transaction: the stream begins again before it.
  public mutating func forgetOpenTransaction() {
    place = .outside
    announced = nil
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
    switch frame.header.type {
    case .gtid, .anonymousGTID, .taggedGTID, .mariadbGTID: try announce(frame, body)
    case .query: decide(TransactionStatement(try QueryEvent(body).statement))
    // The server compresses no statement as short as those that end transactions.
    case .queryCompressed, .executeLoadQuery: decide(.other)
    case .xid, .xaPrepare, .transactionPayload: end()
    case .formatDescription where !frame.isOutsideOfFile: forgetOpenTransaction()
    case .previousGTIDs: add(MySQLGTIDSet(try PreviousGTIDsEvent(body)))
    // A stream that began behind a GTID may begin with a file, and a list, from before it.
    case .mariadbGTIDList where gtids == nil: gtids = .mariadb(MariaDBGTIDPosition(try MariaDBGTIDListEvent(body)))
    case let type where type.beginsStatement: if place == .outside { place = .statement }
    case let type where place == .statement && RowsEvent.kind(of: type) != nil:
      if try RowsEvent.endsStatement(body, postHeaderLength: format?.postHeaderLength(of: type) ?? 0) { end() }
    default: break
    }
  }

  private mutating func announce(_ frame: EventFrame, _ body: RawSpan) throws(DecodeError) {
    place = .announced
    switch frame.header.type {
    case .gtid: announced = try GTIDEvent(body).gtid
    case .taggedGTID: announced = try TaggedGTIDEvent(body).gtid
    case .mariadbGTID:
      let event = try MariaDBGTIDEvent(body)
      announced = event.gtid(server: frame.header.serverID)
      if !event.isStandalone { place = .transaction }
    default:
      announced = nil
      hasAnonymous = true
      gtids = nil
    }
  }

  private mutating func decide(_ statement: TransactionStatement) {
    switch statement {
    case .begin: place = .transaction
    case .end: end()
    case .other: if place != .transaction { end() }
    }
  }

  private mutating func end() {
    place = .outside
    guard let ended = announced else { return }
    announced = nil
    gtids?.add(ended)
  }

  /// Adds the ids of all files before the one that begins, which a stream that began with this file does not know yet.
  private mutating func add(_ earlier: MySQLGTIDSet) {
    guard !hasAnonymous else { return }
    guard case .mysql(var set) = gtids else { return gtids = .mysql(earlier) }
    set.formUnion(earlier)
    gtids = .mysql(set)
  }
}

extension EventType {
  /// Whether the event belongs to the statement that follows it.
  fileprivate var beginsStatement: Bool {
    switch self {
    case .tableMap, .rowsQuery, .annotateRows: true
    // INTVAR, APPEND_BLOCK, RAND, USER_VAR, BEGIN_LOAD_QUERY.
    default: [5, 9, 13, 14, 17].contains(rawValue)
    }
  }
}
