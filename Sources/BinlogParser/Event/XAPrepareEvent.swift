import Bytes

/// XA_PREPARE: the rows before it belong to an XA transaction that is now prepared; a later statement commits it.
///
///     int<1>  one phase      1 for XA COMMIT … ONE PHASE
///     int<4>  format id
///     int<4>  length of the global part, at most 64
///     int<4>  length of the branch part, at most 64
///     string  global part
///     string  branch part
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1XA__prepare__event.html>.
public struct XAPrepareEvent: Sendable, Equatable, CustomStringConvertible {
  /// True if the transaction is committed with it.
  public let isOnePhase: Bool
  /// The transaction's format id.
  public let formatID: UInt32
  /// The global part of the transaction's id.
  public let globalPart: [UInt8]
  /// The branch part of the transaction's id.
  public let branchPart: [UInt8]

  private static let partLimit = 64

  /// Reads the event's body.
  ///
  /// - Throws: `DecodeError` for a cut body or a part longer than 64 bytes.
  public init(_ body: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(body)
    isOnePhase = try cursor.uint8("one phase") != 0
    formatID = try cursor.uint32("format id")
    let globalCount = try Self.count(&cursor)
    let branchCount = try Self.count(&cursor)
    globalPart = try cursor.bytes(globalCount, "global part").array
    branchPart = try cursor.bytes(branchCount, "branch part").array
  }

  @_lifetime(cursor: copy cursor)
  private static func count(_ cursor: inout ByteCursor) throws(DecodeError) -> Int {
    let offset = cursor.offset
    let count = try cursor.uint32("length of an XA id")
    guard count <= UInt32(partLimit) else { throw DecodeError(.tooLarge, at: offset, "length of an XA id") }
    return Int(count)
  }

  /// As SQL spells it: "X'676c6f62616c',X'6272',1".
  public var description: String {
    let parts = [globalPart, branchPart].map { part in "X'" + part.map { EventField.hex($0) }.joined() + "'" }
    return "\(parts[0]),\(parts[1]),\(formatID)"
  }
}
