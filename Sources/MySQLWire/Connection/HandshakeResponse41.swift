import Bytes

/// The client's answer to the greeting.
///
/// The fields of `SSLRequest`, `string<NUL> username`, `auth_response` (`string<lenenc>`, or with an `int<1>` length),
/// `string<NUL> database`, `string<NUL> client_plugin_name`, and `string<lenenc>` connection attributes, each of the last
/// three only with its capability flag.
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_response.html>.
package struct HandshakeResponse41 {
  package let capabilities: Capabilities
  package let user: String
  package let authResponse: [UInt8]
  package let database: String?
  package let pluginName: String
  /// What the server lists in performance_schema.session_connect_attrs.
  package let attributes: [(name: String, value: String)]

  /// Throws `invalidOption` for an authentication response that the server's old form cannot carry.
  package init(
    capabilities: Capabilities, user: String, authResponse: [UInt8], database: String?, pluginName: String,
    attributes: [(name: String, value: String)]
  ) throws(WireFailure) {
    guard capabilities.contains(.pluginAuthLengthEncoded) || authResponse.count < 256 else {
      throw .invalidOption("the password is too long for this server")
    }
    self.capabilities = capabilities
    self.user = user
    self.authResponse = authResponse
    self.database = database
    self.pluginName = pluginName
    self.attributes = attributes
  }

  /// Appends the payload.
  package func encode(into output: inout OutputBuffer) {
    SSLRequest(capabilities: capabilities).encode(into: &output)
    output.appendNulTerminated(user)
    if capabilities.contains(.pluginAuthLengthEncoded) {
      output.appendLengthEncoded(authResponse)
    } else {
      output.append(UInt8(truncatingIfNeeded: authResponse.count))
      output.append(contentsOf: authResponse)
    }
    if capabilities.contains(.connectWithDatabase) { output.appendNulTerminated(database ?? "") }
    if capabilities.contains(.pluginAuth) { output.appendNulTerminated(pluginName) }
    if capabilities.contains(.connectAttributes) { encodeAttributes(into: &output) }
  }

  private func encodeAttributes(into output: inout OutputBuffer) {
    var encoded = OutputBuffer()
    for (name, value) in attributes {
      encoded.appendLengthEncoded(Array(name.utf8))
      encoded.appendLengthEncoded(Array(value.utf8))
    }
    output.appendLengthEncoded(encoded.array)
  }
}
