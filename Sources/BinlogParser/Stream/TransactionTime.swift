import Bytes

/// The time that decides to which range of times a transaction belongs, in seconds since 1970.
///
/// MySQL 8.0.1 and later write with each transaction when the server committed it, in the order of the log. Elsewhere it is the
/// time of the transaction's first event: in MariaDB the start of the statement that committed it, or what the session set
/// with `SET TIMESTAMP`.
public enum TransactionTime {
  /// The time of the transaction that the event `frame` begins.
  public static func seconds(_ frame: EventFrame, _ body: RawSpan) -> UInt32 {
    committed(frame, body) ?? frame.header.timestamp
  }

  /// When the server committed the transaction that the event `frame` announces; nil where it does not say.
  public static func committed(_ frame: EventFrame, _ body: RawSpan) -> UInt32? {
    microseconds(frame, body).map { UInt32(clamping: $0 / 1_000_000) }
  }

  /// Time of the commit of the transaction that the event `frame` announces, in microseconds since 1970; nil where it
  /// does not say.
  static func microseconds(_ frame: EventFrame, _ body: RawSpan) -> UInt64? {
    let time: UInt64?
    switch frame.header.type {
    case .gtid, .anonymousGTID: time = try? GTIDEvent.commitTime(body)
    case .taggedGTID: time = try? TaggedGTIDEvent.commitTime(body)
    default: return nil
    }
    return time.flatMap { $0 > 0 ? $0 : nil }
  }
}

extension EventType {
  /// True if the event says something of its file, and belongs to no transaction.
  public var describesFile: Bool {
    switch self {
    case .formatDescription, .rotate, .stop, .previousGTIDs, .mariadbGTIDList, .binlogCheckpoint, .startEncryption: true
    default: false
    }
  }
}
