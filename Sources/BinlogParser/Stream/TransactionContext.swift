import Bytes

/// Facts in the log about the open transaction, or else the last one: for outputs that show it beside each row.
///
/// `TransactionTracker` says where a transaction begins.
public struct TransactionContext: Sendable {
  /// The number of the transaction in the stream: another one has another number.
  public private(set) var number: UInt64 = 0
  /// Offset of its start in its file.
  public private(set) var start: UInt64 = 0
  /// Its global id as text; nil where it has none.
  public private(set) var gtid: String?
  /// Time of its commit, in microseconds since 1970; nil where the log does not say.
  public private(set) var commitTime: UInt64?
  /// The id of the connection that committed it; nil where the log does not say.
  public private(set) var threadID: UInt32?
  /// Its number in the storage engines, which the log tells with the event that ends it: nil before, and for a transaction
  /// that ends with another event than XID.
  public private(set) var xid: UInt64?
  /// The statement whose rows follow, where the server logs it (ROWS_QUERY, ANNOTATE_ROWS); nil for a longer one than
  /// `longestStatement`, which would be repeated for each of its rows.
  public private(set) var statement: [UInt8]?

  /// Bytes of the longest statement that is kept.
  public static let longestStatement = 64 << 10

  /// The context before the first transaction.
  public init() {}

  /// Begins a transaction at `start`.
  public mutating func begin(at start: UInt64) {
    let number = number + 1
    self = TransactionContext()
    self.number = number
    self.start = start
  }

  /// Time of the commit of the event `frame`, in microseconds since 1970; where the log does not say, the second of the event.
  public func microseconds(of frame: EventFrame) -> UInt64 { commitTime ?? UInt64(frame.header.timestamp) * 1_000_000 }

  /// Forgets the statement, whose last rows were shown.
  public mutating func endStatement() { statement = nil }

  /// Takes in the event `frame`, whose body is `body`.
  ///
  /// - Throws: `DecodeError` for a cut body.
  public mutating func accept(_ frame: EventFrame, _ body: RawSpan) throws(DecodeError) {
    switch frame.header.type {
    case .gtid, .anonymousGTID:
      gtid = try GTIDEvent(body).gtid?.description
      commitTime = TransactionTime.microseconds(frame, body)
    case .taggedGTID:
      gtid = try TaggedGTIDEvent(body).gtid?.description
      commitTime = TransactionTime.microseconds(frame, body)
    case .mariadbGTID:
      gtid = try MariaDBGTIDEvent(body).gtid(server: frame.header.serverID)?.description
      threadID = MariaDBGTIDEvent.threadID(body)
    case .query, .queryCompressed: threadID = try QueryEvent(body).threadID
    case .xid: xid = try XIDEvent(body).xid
    case .rowsQuery: keep(try LoggedRowsStatement.text(ofRowsQuery: body))
    case .annotateRows: keep(body)
    default: break
    }
  }

  private mutating func keep(_ text: RawSpan) {
    statement = text.byteCount <= Self.longestStatement ? text.array : nil
  }
}
