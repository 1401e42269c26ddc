import Bytes

/// What an authentication plugin has to say in the middle of an exchange.
///
/// `int<1> 0x01`, `string<EOF> authentication_method_data`.
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_auth_more_data.html>.
package struct AuthMoreData: Equatable {
  package let data: [UInt8]

  /// The first byte.
  package static let header: UInt8 = 0x01

  /// Decodes a whole payload.
  package init(_ payload: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(payload)
    guard try cursor.uint8("header") == Self.header else { throw DecodeError(.invalid, at: 0, "header") }
    data = cursor.rest().array
  }
}
