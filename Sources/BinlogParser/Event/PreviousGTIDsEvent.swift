import Bytes

/// PREVIOUS_GTIDS: the GTIDs of all transactions in earlier files.
///
///     int<8>  number of sources    in tagged form 1 in the first and the last byte, and the number between them
///     for each source:
///       byte<16>      SID
///       string<varint> tag         in tagged form only
///       int<8>        number of intervals
///       for each interval: int<8> first, int<8> behind the last
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Previous__gtids__event.html>.
public struct PreviousGTIDsEvent: Sendable, Equatable, CustomStringConvertible {
  /// The transactions of one source under one tag.
  public struct Source: Sendable, Equatable {
    /// The source's UUID.
    public let sourceID: UUIDBytes
    /// The tag, empty for none.
    public let tag: String
    /// Ranges of transaction numbers; the upper bound is not in the range.
    public let intervals: [Range<UInt64>]
  }

  /// The sources in the order of the event.
  public let sources: [Source]

  /// Reads the event's body.
  ///
  /// - Throws: `DecodeError` for a cut body, an interval without numbers, or a number or tag that no transaction can have.
  public init(_ body: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(body)
    let head = try cursor.uint64("number of sources")
    let isTagged = head >> 56 == 1
    let count = isTagged ? (head << 8) >> 16 : head
    var sources: [Source] = []
    var index: UInt64 = 0
    while index < count {
      sources.append(try Self.source(&cursor, isTagged: isTagged))
      index += 1
    }
    try cursor.expectEnd("GTID sets")
    self.sources = sources
  }

  @_lifetime(cursor: copy cursor)
  private static func source(_ cursor: inout ByteCursor, isTagged: Bool) throws(DecodeError) -> Source {
    let sourceID = UUIDBytes(try cursor.bytes(16, "SID"))
    var tag = ""
    if isTagged {
      let offset = cursor.offset
      let length = try cursor.uint8("tag length")
      tag = try cursor.bytes(Int(length >> 1), "tag").utf8String
      guard length == 0 || length & 1 == 0 && GTIDTag.isValid(tag) else {
        throw DecodeError(.invalid, at: offset, "tag")
      }
    }
    let count = try cursor.uint64("number of intervals")
    var intervals: [Range<UInt64>] = []
    var index: UInt64 = 0
    while index < count {
      let offset = cursor.offset
      let first = try cursor.uint64("interval")
      let end = try cursor.uint64("interval")
      guard first < end, MySQLGTIDSet.numbers.contains(first), MySQLGTIDSet.numbers.contains(end - 1) else {
        throw DecodeError(.invalid, at: offset, "interval")
      }
      intervals.append(first..<end)
      index += 1
    }
    return Source(sourceID: sourceID, tag: tag, intervals: intervals)
  }

  /// As `@@gtid_executed` shows it, on one line: "uuid:1-5:7:tag:1".
  public var description: String { MySQLGTIDSet(self).description }
}
