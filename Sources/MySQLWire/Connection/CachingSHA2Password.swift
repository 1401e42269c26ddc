import Crypto

/// `caching_sha2_password`: a challenge and response with SHA-256 for accounts in the server's cache; the password itself,
/// under TLS or RSA, for others.
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_caching_sha2_authentication_exchanges.html>.
package enum CachingSHA2Password {
  /// AuthMoreData: the scramble was right, OK follows.
  package static let fastAuthSuccess: UInt8 = 0x03
  /// AuthMoreData: the password itself is needed.
  package static let performFullAuthentication: UInt8 = 0x04
  /// What the client sends to get the server's RSA key.
  package static let requestPublicKey: [UInt8] = [0x02]

  /// `SHA256(password) XOR SHA256(SHA256(SHA256(password)) + nonce)`; one zero byte for no password.
  package static func scramble(_ password: Secret, nonce: [UInt8]) -> [UInt8] {
    guard !password.isEmpty else { return [0] }
    let stage1 = Array(SHA256.hash(data: password.bytes))
    let stage2 = Array(SHA256.hash(data: stage1))
    let mask = Array(SHA256.hash(data: stage2 + nonce))
    return zip(stage1, mask).map { $0 ^ $1 }
  }
}
