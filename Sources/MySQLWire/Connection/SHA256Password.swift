/// `sha256_password`: always the password itself, under TLS or RSA.
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_authentication_methods_sha256_password_authentication.html>.
package enum SHA256Password {
  /// What the client sends to get the server's RSA key.
  package static let requestPublicKey: [UInt8] = [0x01]

  /// The first response: the password and NUL under TLS, else the wish for the key; one zero byte for no password.
  package static func response(_ password: Secret, isEncrypted: Bool) -> [UInt8] {
    if password.isEmpty { return [0] }
    return isEncrypted ? password.bytes + [0] : requestPublicKey
  }
}
