/// Stands in for the three files that need a library of cryptography: what the login does with the server's packets is
/// fuzzed, and hashes look at none of it. They have the real sizes, and RSA refuses every key.
enum NativePassword {
  static func scramble(_ password: Secret, nonce: [UInt8]) -> [UInt8] {
    password.isEmpty ? [] : [UInt8](repeating: nonce[0], count: 20)
  }
}

enum CachingSHA2Password {
  static let fastAuthSuccess: UInt8 = 0x03
  static let performFullAuthentication: UInt8 = 0x04
  static let requestPublicKey: [UInt8] = [0x02]

  static func scramble(_ password: Secret, nonce: [UInt8]) -> [UInt8] {
    password.isEmpty ? [0] : [UInt8](repeating: nonce[0], count: 32)
  }
}

enum PasswordEncryption {
  static func encrypt(_ password: Secret, nonce: [UInt8], publicKey pem: [UInt8]) throws(WireFailure) -> [UInt8] {
    throw .passwordEncryption("the server's key is not an RSA key of at least 2048 bits")
  }
}
