import Bytes

/// START_V3: the first event of files that MySQL 3.23 to 4.1 wrote, in place of FORMAT_DESCRIPTION.
///
///     int<2>      binlog_version      1 or 3; 2 was never released
///     string<50>  server_version      filled up with NUL
///     int<4>      create_timestamp
///
/// In version 1 the header before it has 13 bytes, and the whole event therefore 69 instead of 75. See
/// <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication_binlog_event.html>.
enum StartV3Event {
  /// Bytes of the event in a file of version 1.
  private static let version1ByteCount = 69
  private static let version1HeaderByteCount = 13

  /// The version of the file that the whole event `event` begins.
  ///
  /// - Throws: `DecodeError` for a cut event.
  static func binlogVersion(_ event: RawSpan) throws(DecodeError) -> UInt16 {
    var cursor = ByteCursor(event)
    try cursor.skip(
      event.byteCount == version1ByteCount ? version1HeaderByteCount : EventHeader.byteCount, "header")
    return try cursor.uint16("binlog_version")
  }
}
