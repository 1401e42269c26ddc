import _CryptoExtras

/// The password under the server's RSA key, for full authentication without TLS.
///
/// RSA with OAEP padding (SHA-1) of the password and its NUL, XOR the nonce repeated as often as needed.
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_caching_sha2_authentication_exchanges.html>.
package enum PasswordEncryption {
  /// `(password + NUL) XOR nonce`, the nonce repeated. The nonce must not be empty.
  package static func masked(_ password: Secret, nonce: [UInt8]) -> [UInt8] {
    (password.bytes + [0]).enumerated().map { index, byte in byte ^ nonce[index % nonce.count] }
  }

  /// Encrypts for the key in `pem`. Throws `passwordEncryption` for a bad key and for a password beyond the key's size.
  package static func encrypt(_ password: Secret, nonce: [UInt8], publicKey pem: [UInt8]) throws(WireFailure) -> [UInt8]
  {
    guard !nonce.isEmpty else { throw .passwordEncryption("the server sent no nonce") }
    let key: _RSA.Encryption.PublicKey
    do {
      key = try _RSA.Encryption.PublicKey(pemRepresentation: String(decoding: pem, as: UTF8.self))
    } catch { throw .passwordEncryption("the server's key is not an RSA key of at least 2048 bits") }
    let message = masked(password, nonce: nonce)
    guard message.count <= key.maximumEncryptSize(with: .PKCS1_OAEP) else {
      throw .passwordEncryption("it is too long for the server's RSA key")
    }
    do {
      return Array(try key.encrypt(message, padding: .PKCS1_OAEP))
    } catch { throw .passwordEncryption("RSA failed") }
  }
}
