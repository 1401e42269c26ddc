import Crypto

/// `mysql_native_password`: a challenge and response with SHA-1.
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_authentication_methods_native_password_authentication.html>.
package enum NativePassword {
  /// `SHA1(password) XOR SHA1(nonce + SHA1(SHA1(password)))`; nothing for no password.
  package static func scramble(_ password: Secret, nonce: [UInt8]) -> [UInt8] {
    guard !password.isEmpty else { return [] }
    let stage1 = Array(Insecure.SHA1.hash(data: password.bytes))
    let stage2 = Array(Insecure.SHA1.hash(data: stage1))
    let mask = Array(Insecure.SHA1.hash(data: nonce + stage2))
    return zip(stage1, mask).map { $0 ^ $1 }
  }
}
