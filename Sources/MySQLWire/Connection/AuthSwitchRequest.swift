import Bytes

/// The server's wish to authenticate by another plugin than the one the client began with.
///
/// `int<1> 0xFE`, `string<NUL> plugin_name`, `string<EOF> plugin_data`. A packet of the first byte alone asks for the
/// password hash of servers before 4.1.
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_auth_switch_request.html>.
package struct AuthSwitchRequest: Equatable {
  package let pluginName: String
  /// The new nonce, without the NUL at the end.
  package let nonce: [UInt8]

  /// The first byte.
  package static let header: UInt8 = 0xFE

  /// Decodes a whole payload.
  package init(_ payload: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(payload)
    guard try cursor.uint8("header") == Self.header else { throw DecodeError(.invalid, at: 0, "header") }
    guard !cursor.isAtEnd else {
      pluginName = "mysql_old_password"
      nonce = []
      return
    }
    pluginName = printable(try cursor.nulTerminated("plugin_name"))
    var data = cursor.rest().array
    if data.last == 0 { data.removeLast() }
    nonce = data
  }
}
