import Bytes

/// The client's wish to continue under TLS: the beginning of `HandshakeResponse41`, sent alone before it.
///
/// `int<4> client_flag`, `int<4> max_packet_size`, `int<1> character_set`, `string[23] filler`.
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_ssl_request.html>.
package struct SSLRequest {
  package let capabilities: Capabilities

  package init(capabilities: Capabilities) { self.capabilities = capabilities }

  /// utf8mb4_general_ci.
  private static let characterSet: UInt8 = 45

  /// Appends the payload.
  package func encode(into output: inout OutputBuffer) {
    output.appendLittleEndian(capabilities.rawValue)
    output.appendLittleEndian(Limits.announcedPacket)
    output.append(Self.characterSet)
    output.append(repeating: 0, count: 23)
  }
}
