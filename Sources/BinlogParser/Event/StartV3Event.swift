import Bytes

/// START_V3: what stands in the place of FORMAT_DESCRIPTION in logs of MySQL 3.23 to 4.1.
///
///     int<2>      binlog_version    1 or 3
///     string<50>  server_version    filled up with NUL
///     int<4>      create_timestamp
///
/// In version 1 the header before it has 13 bytes. See
/// <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Start__event__v3.html>.
public struct StartV3Event: Sendable, Equatable {
  /// 1 or 3.
  public let binlogVersion: UInt16
  /// "4.1.24-debug-log".
  public let serverVersion: String

  private static let bodyByteCount = 56
  private static let oldHeaderByteCount = 13

  /// Reads the event, from the first byte of its header on.
  ///
  /// - Throws: `DecodeError` for a cut event.
  public init(_ event: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(event)
    let isOld = event.byteCount < EventHeader.byteCount + Self.bodyByteCount
    try cursor.skip(isOld ? Self.oldHeaderByteCount : EventHeader.byteCount, "header")
    binlogVersion = try cursor.uint16("binlog_version")
    let version = try cursor.bytes(50, "server_version")
    serverVersion = String(decoding: version.array.prefix { $0 != 0 }, as: UTF8.self)
  }
}
