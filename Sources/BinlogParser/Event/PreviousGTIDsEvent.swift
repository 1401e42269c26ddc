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
    public fileprivate(set) var intervals: [Range<UInt64>] = []
  }

  /// The sources in the order of the event.
  public let sources: [Source]

  /// Reads the event's body.
  ///
  /// - Throws: `DecodeError` for a cut body, an interval without numbers, or a number or tag that no transaction can have.
  public init(_ body: RawSpan) throws(DecodeError) {
    var reader = try PreviousGTIDsReader(body)
    var sources: [Source] = []
    while let part = try reader.next() {
      switch part {
      case .source(let id, let tag): sources.append(Source(sourceID: id, tag: tag))
      case .interval(let range): sources[sources.count - 1].intervals.append(range)
      }
    }
    self.sources = sources
  }

  /// As `@@gtid_executed` shows it, on one line: "uuid:1-5:7:tag:1".
  public var description: String { MySQLGTIDSet(self).description }
}
