import Bytes

/// The end of a list of columns, of rows, or of the log.
///
/// `int<1> 0xFE`, `int<2> warnings`, `int<2> status_flags`: shorter than nine bytes, which tells it from a row that begins
/// with a long string. See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_eof_packet.html>.
package struct EOFPacket: Equatable {
  package let warnings: UInt16
  package let statusFlags: UInt16

  /// Decodes a whole payload.
  package init(_ payload: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(payload)
    guard try cursor.uint8("header") == Self.header else { throw DecodeError(.invalid, at: 0, "header") }
    warnings = try cursor.uint16("warnings")
    statusFlags = try cursor.uint16("status_flags")
    try cursor.expectEnd("EOF packet")
  }

  /// The first byte.
  package static let header: UInt8 = 0xFE
  /// `SERVER_MORE_RESULTS_EXISTS` of the status flags.
  package static let moreResultsExist: UInt16 = 0x0008

  /// True if `payload` is an EOF packet by its first byte and size.
  package static func matches(_ payload: RawSpan) -> Bool {
    payload.byteCount > 0 && payload.byteCount < 9 && payload[byteAt: 0] == header
  }
}
