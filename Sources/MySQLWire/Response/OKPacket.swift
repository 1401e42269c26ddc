import Bytes

/// The server's consent.
///
/// `int<1> 0x00`, `int<lenenc> affected_rows`, `int<lenenc> last_insert_id`, `int<2> status_flags`, `int<2> warnings`,
/// `string<EOF> info`. See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_ok_packet.html>.
package struct OKPacket: Equatable {
  package let affectedRows: UInt64
  package let statusFlags: UInt16
  package let warnings: UInt16

  /// Decodes a whole payload.
  package init(_ payload: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(payload)
    guard try cursor.uint8("header") == Self.header else { throw DecodeError(.invalid, at: 0, "header") }
    affectedRows = try cursor.lenencInteger("affected_rows")
    _ = try cursor.lenencInteger("last_insert_id")
    statusFlags = try cursor.uint16("status_flags")
    warnings = try cursor.uint16("warnings")
  }

  /// The first byte.
  package static let header: UInt8 = 0x00
}
