import Bytes

/// The server's greeting.
///
/// `int<1> 10`, `string<NUL> server_version`, `int<4> thread_id`, `string[8] auth_plugin_data_part_1`, `int<1> filler`,
/// `int<2> capability_flags_1`, `int<1> character_set`, `int<2> status_flags`, `int<2> capability_flags_2`,
/// `int<1> auth_plugin_data_len`, `string[10] reserved`, `auth_plugin_data_part_2`, `string<NUL> auth_plugin_name`.
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_v10.html>.
package struct HandshakeV10: Equatable {
  /// As the server sends it: "9.7.0", "5.5.5-10.11.6-MariaDB".
  package let serverVersion: String
  package let threadID: UInt32
  package let capabilities: Capabilities
  /// Both parts of `auth_plugin_data`, without the NUL at the end.
  package let nonce: [UInt8]
  /// Nil without CLIENT_PLUGIN_AUTH.
  package let pluginName: String?

  /// The version of this packet.
  package static let version: UInt8 = 10

  /// Decodes a whole payload whose first byte is 10.
  package init(_ payload: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(payload)
    guard try cursor.uint8("protocol version") == Self.version else {
      throw DecodeError(.unsupported, at: 0, "protocol version")
    }
    serverVersion = printable(try cursor.nulTerminated("server_version"))
    threadID = try cursor.uint32("thread_id")
    var nonce = try cursor.bytes(8, "auth_plugin_data_part_1").array
    try cursor.skip(1, "filler")
    var flags = UInt32(try cursor.uint16("capability_flags_1"))
    var plugin: String?
    if !cursor.isAtEnd {
      try cursor.skip(3, "character_set and status_flags")
      flags |= UInt32(try cursor.uint16("capability_flags_2")) << 16
      let length = Int(try cursor.uint8("auth_plugin_data_len"))
      try cursor.skip(10, "reserved")
      if Capabilities(rawValue: flags).contains(.secureConnection) {
        nonce += try cursor.bytes(min(max(13, length - 8), cursor.remaining), "auth_plugin_data_part_2").array
      }
      if Capabilities(rawValue: flags).contains(.pluginAuth) {
        plugin = try Self.pluginName(&cursor)
      }
    }
    if nonce.last == 0 { nonce.removeLast() }
    self.nonce = nonce
    capabilities = Capabilities(rawValue: flags)
    pluginName = plugin
  }

  /// `string<NUL>`; servers before 5.5.10 leave the NUL out.
  private static func pluginName(_ cursor: inout ByteCursor) throws(DecodeError) -> String {
    let bytes = cursor.rest().array
    return printable(Array(bytes.prefix { $0 != 0 }).bytes)
  }

  /// True if the server is MariaDB, which since version 10 puts "5.5.5-" before its own version.
  package var isMariaDB: Bool {
    serverVersion.hasPrefix("5.5.5-") || serverVersion.lowercased().contains("mariadb")
  }

  /// The version without that prefix: "10.11.6-MariaDB".
  package var displayVersion: String {
    serverVersion.hasPrefix("5.5.5-") ? String(serverVersion.dropFirst(6)) : serverVersion
  }
}
