import Bytes

/// FORMAT_DESCRIPTION: the format of the events that follow in the file.
///
///     int<2>      binlog_version      4
///     string<50>  server_version      filled up with NUL
///     int<4>      create_timestamp
///     int<1>      event_header_length 19
///     string      post-header lengths of event types 1, 2, …
///     int<1>      checksum algorithm  from MySQL 5.6.1 and MariaDB 5.3 on
///     int<4>      checksum            likewise
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Format__description__event.html>.
public struct FormatDescriptionEvent: Sendable, Equatable {
  /// 4.
  public let binlogVersion: UInt16
  /// "9.7.1" or "10.11.6-MariaDB-log".
  public let serverVersion: String
  /// Bytes of the fixed part of each event type's body; index 0 is type 1.
  public let postHeaderLengths: [UInt8]
  /// How the events of the file are secured.
  public let checksum: EventChecksum
  /// Which numbers the event types have.
  public let numbering: EventTypeNumbering
  /// True if `log_pos` may count from the start of the transaction instead of the file's, as before MySQL 5.1.30.
  public let hasRelativePositions: Bool
  /// True if the file is from MariaDB.
  public var isMariaDB: Bool { serverVersion.contains("MariaDB") }

  static let versionByteCount = 50

  /// Reads the event's body, with the four checksum bytes at its end where the server writes them.
  ///
  /// - Throws: `DecodeError` for a cut body, a binlog version other than 4, or an unknown checksum algorithm.
  public init(_ body: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(body)
    binlogVersion = try cursor.uint16("binlog_version")
    guard binlogVersion == 4 else { throw DecodeError(.unsupported, at: 0, "binlog_version") }
    let version = try cursor.bytes(Self.versionByteCount, "server_version")
    serverVersion = String(decoding: version.array.prefix { $0 != 0 }, as: UTF8.self)
    try cursor.skip(4, "create_timestamp")
    guard try cursor.uint8("event_header_length") == UInt8(EventHeader.byteCount) else {
      throw DecodeError(.unsupported, at: 56, "event_header_length")
    }
    guard Self.writesChecksumAlgorithm(serverVersion) else {
      postHeaderLengths = cursor.rest().array
      numbering = EventTypeNumbering(serverVersion: serverVersion, typeCount: postHeaderLengths.count)
      hasRelativePositions = numbering != .released || Self.number(of: serverVersion, precedes: [5, 1, 30])
      checksum = .none
      return
    }
    let trailer = 1 + EventChecksum.crc32.byteCount
    guard cursor.remaining >= trailer else {
      throw DecodeError(.truncated, at: cursor.offset, "post-header lengths")
    }
    postHeaderLengths = try cursor.bytes(cursor.remaining - trailer, "post-header lengths").array
    numbering = .released
    hasRelativePositions = false
    let offset = cursor.offset
    let algorithm = try cursor.uint8("checksum algorithm")
    guard let known = EventChecksum(rawValue: algorithm) else {
      throw DecodeError(.unsupported, at: offset, "checksum algorithm")
    }
    checksum = known
  }

  /// Bytes of the fixed part of the body of `type`, or 0 where the file does not tell.
  public func postHeaderLength(of type: EventType) -> Int {
    let index = Int(numbering.wire(type).rawValue) - 1
    return postHeaderLengths.indices.contains(index) ? Int(postHeaderLengths[index]) : 0
  }

  /// True if a server of this version ends its FORMAT_DESCRIPTION with a checksum algorithm.
  package static func writesChecksumAlgorithm(_ version: String) -> Bool {
    !number(of: version, precedes: version.contains("MariaDB") ? [5, 3, 0] : [5, 6, 1])
  }

  /// True if the three numbers at the start of `version` come before `other`.
  private static func number(of version: String, precedes other: [Int]) -> Bool {
    var numbers = version.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
      .map { part in Int(part.prefix { $0.isNumber }) ?? 0 }
    while numbers.count < 3 { numbers.append(0) }
    return numbers.lexicographicallyPrecedes(other)
  }
}
