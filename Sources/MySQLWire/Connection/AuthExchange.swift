/// The authentication plugins that are spoken here.
package enum AuthPlugin: String, Sendable, CaseIterable {
  case nativePassword = "mysql_native_password"
  case cachingSHA2Password = "caching_sha2_password"
  case sha256Password = "sha256_password"
}

/// One exchange of one authentication plugin: takes the server's data and says what to send; does no input or output.
package struct AuthExchange {
  /// What to do after a packet of the server.
  package enum Step: Equatable {
    /// Send this payload.
    case send([UInt8])
    /// Nothing: the server goes on.
    case wait
  }

  package let plugin: AuthPlugin
  private let password: Secret
  private let nonce: [UInt8]
  private let isEncrypted: Bool
  /// True if the server's next data is the RSA key under which the password goes.
  private(set) var awaitsPublicKey = false

  /// Bytes of every nonce.
  private static let nonceSize = 20

  /// An exchange about `password`. `isEncrypted` is whether TLS protects it.
  ///
  /// Throws `unsupportedServer` for a nonce that is too short to protect anything.
  package init(_ plugin: AuthPlugin, password: Secret, nonce: [UInt8], isEncrypted: Bool) throws(WireFailure) {
    guard nonce.count >= Self.nonceSize else {
      throw .unsupportedServer("an authentication nonce of \(nonce.count) bytes instead of \(Self.nonceSize)")
    }
    self.plugin = plugin
    self.password = password
    self.nonce = Array(nonce.prefix(Self.nonceSize))
    self.isEncrypted = isEncrypted
  }

  /// What the client says first.
  package mutating func firstResponse() -> [UInt8] {
    switch plugin {
    case .nativePassword: return NativePassword.scramble(password, nonce: nonce)
    case .cachingSHA2Password: return CachingSHA2Password.scramble(password, nonce: nonce)
    case .sha256Password:
      awaitsPublicKey = !isEncrypted && !password.isEmpty
      return SHA256Password.response(password, isEncrypted: isEncrypted)
    }
  }

  /// Takes the data of an AuthMoreData packet.
  package mutating func receive(_ more: AuthMoreData) throws(WireFailure) -> Step {
    if awaitsPublicKey {
      awaitsPublicKey = false
      return .send(try PasswordEncryption.encrypt(password, nonce: nonce, publicKey: more.data))
    }
    guard plugin == .cachingSHA2Password, more.data.count == 1 else {
      throw .unexpectedPacket(firstByte: AuthMoreData.header)
    }
    switch more.data[0] {
    case CachingSHA2Password.fastAuthSuccess: return .wait
    case CachingSHA2Password.performFullAuthentication:
      if isEncrypted { return .send(password.bytes + [0]) }
      awaitsPublicKey = true
      return .send(CachingSHA2Password.requestPublicKey)
    default: throw .unexpectedPacket(firstByte: AuthMoreData.header)
    }
  }
}
