/// The capability flags of the handshake.
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/group__group__cs__capabilities__flags.html>.
package struct Capabilities: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// CLIENT_LONG_PASSWORD. MariaDB calls it CLIENT_MYSQL and does not set it in its greeting.
  package static let longPassword = Capabilities(rawValue: 1 << 0)
  package static let longFlag = Capabilities(rawValue: 1 << 2)
  package static let connectWithDatabase = Capabilities(rawValue: 1 << 3)
  package static let protocol41 = Capabilities(rawValue: 1 << 9)
  package static let ssl = Capabilities(rawValue: 1 << 11)
  package static let transactions = Capabilities(rawValue: 1 << 13)
  /// CLIENT_SECURE_CONNECTION: the 20-byte nonce of 4.1 and later.
  package static let secureConnection = Capabilities(rawValue: 1 << 15)
  package static let pluginAuth = Capabilities(rawValue: 1 << 19)
  package static let connectAttributes = Capabilities(rawValue: 1 << 20)
  package static let pluginAuthLengthEncoded = Capabilities(rawValue: 1 << 21)

  /// What this client speaks. CLIENT_DEPRECATE_EOF is left out: the end of a log is an EOF packet anyway.
  package static let client: Capabilities = [
    .longPassword, .longFlag, .protocol41, .transactions, .secureConnection, .pluginAuth, .connectAttributes,
    .pluginAuthLengthEncoded,
  ]
}
