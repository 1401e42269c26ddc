import Bytes

/// GTID_TAGGED: the global id, with a tag, of the transaction that follows; MySQL 8.4 and later.
///
/// A serialised message (`ByteCursor.serializedUnsigned`) with these fields, in this order:
///
///     0  flags
///     1  UUID          16 varints, one for each byte
///     2  GNO           signed
///     3  tag           string
///     4  last commit   signed
///     5  sequence      signed
///     6  when the server committed it, in microseconds since 1970
///     7… time of the first commit, length, server versions, ticket: passed over
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Gtid__event.html>.
public struct TaggedGTIDEvent: Sendable, Equatable, CustomStringConvertible {
  /// True if the transaction may hold statements that change rows, and not only their rows.
  public let mayHoldStatements: Bool
  /// The UUID of the server that committed the transaction first.
  public let sourceID: UUIDBytes
  /// The tag, in lower case.
  public let tag: String
  /// The transaction's number there, among those of its tag.
  public let number: UInt64

  private static let version: UInt64 = 1
  private static let tagField: UInt64 = 3
  private static let commitTimeField: UInt64 = 6

  /// Reads the event's body.
  ///
  /// - Throws: `DecodeError` for a cut body, another version of the format, fields that are not those above,
  ///   or a number or tag that no transaction can have.
  public init(_ body: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(body)
    try self.init(&cursor, body)
  }

  /// When the server committed the transaction, in microseconds since 1970.
  ///
  /// - Throws: `DecodeError` where the event does not say.
  static func commitTime(_ body: RawSpan) throws(DecodeError) -> UInt64 {
    var cursor = ByteCursor(body)
    _ = try TaggedGTIDEvent(&cursor, body)
    for id in tagField + 1..<commitTimeField {
      try field(id, &cursor)
      _ = try cursor.serializedSigned("logical clock")
    }
    try field(commitTimeField, &cursor)
    return try cursor.serializedUnsigned("commit time")
  }

  @_lifetime(cursor: copy cursor)
  private init(_ cursor: inout ByteCursor, _ body: RawSpan) throws(DecodeError) {
    guard try cursor.serializedUnsigned("serialization version") == Self.version else {
      throw DecodeError(.unsupported, at: 0, "serialization version")
    }
    let sizeOffset = cursor.offset
    guard try cursor.serializedUnsigned("message size") == UInt64(body.byteCount) else {
      throw DecodeError(.invalid, at: sizeOffset, "message size")
    }
    let requiredOffset = cursor.offset
    guard try cursor.serializedUnsigned("last field to understand") <= Self.tagField else {
      throw DecodeError(.unsupported, at: requiredOffset, "last field to understand")
    }
    try Self.field(0, &cursor)
    mayHoldStatements = try cursor.serializedUnsigned("flags") & UInt64(GTIDEvent.statementsFlag) != 0
    try Self.field(1, &cursor)
    sourceID = try Self.uuid(&cursor)
    try Self.field(2, &cursor)
    number = try Self.number(&cursor)
    try Self.field(Self.tagField, &cursor)
    let tagOffset = cursor.offset
    tag = try cursor.serializedString("tag").utf8String
    guard tag.isEmpty || GTIDTag.isValid(tag) else { throw DecodeError(.invalid, at: tagOffset, "tag") }
  }

  /// The transaction's global id, nil when it has no number.
  public var gtid: GTID? { number == 0 ? nil : .mysql(source: sourceID, tag: tag, number: number) }

  @_lifetime(cursor: copy cursor)
  private static func field(_ id: UInt64, _ cursor: inout ByteCursor) throws(DecodeError) {
    let offset = cursor.offset
    guard try cursor.serializedUnsigned("field id") == id else { throw DecodeError(.invalid, at: offset, "field id") }
  }

  @_lifetime(cursor: copy cursor)
  private static func uuid(_ cursor: inout ByteCursor) throws(DecodeError) -> UUIDBytes {
    var bytes: [UInt8] = []
    for _ in 0..<16 {
      let offset = cursor.offset
      guard let byte = UInt8(exactly: try cursor.serializedUnsigned("UUID")) else {
        throw DecodeError(.invalid, at: offset, "UUID")
      }
      bytes.append(byte)
    }
    return UUIDBytes(bytes)
  }

  @_lifetime(cursor: copy cursor)
  private static func number(_ cursor: inout ByteCursor) throws(DecodeError) -> UInt64 {
    let offset = cursor.offset
    guard let number = UInt64(exactly: try cursor.serializedSigned("GNO")),
      number <= MySQLGTIDSet.numbers.upperBound
    else { throw DecodeError(.invalid, at: offset, "GNO") }
    return number
  }

  /// "uuid:tag:number".
  public var description: String { "\(sourceID):\(tag):\(number)" }
}
