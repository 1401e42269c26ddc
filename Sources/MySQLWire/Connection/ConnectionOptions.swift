import Platform

/// Everything that opening a connection needs. Immutable once the connection is open.
public struct ConnectionOptions: Sendable {
  /// Host name, IPv4 or IPv6 address.
  public var host: String
  /// TCP port.
  public var port: Int
  /// The account's user name.
  public var user: String
  /// The account's password; empty for none.
  public var password: Secret
  /// The initial schema.
  public var database: String?
  /// Encryption and verification.
  public var tls: TLSOptions
  /// Limit for the name look-up and the connection together, and again for TLS and login together.
  public var connectTimeoutSeconds: Int
  /// How long the server may be silent. Heartbeats must come more often.
  public var readTimeoutSeconds: Int
  /// The largest event that a dump may bring, in bytes.
  public var maxEventBytes: Int
  /// Ends every wait when it is triggered.
  public var interrupt: InterruptSource?
  /// Called with what is worth a line of a log.
  public var notice: @Sendable (ConnectionNotice) -> Void

  /// Options with the defaults of the configuration file. The arguments are many because each is one, and most have defaults.
  public init(
    host: String, port: Int = 3306, user: String, password: Secret = Secret(""), database: String? = nil,
    tls: TLSOptions = TLSOptions(), connectTimeoutSeconds: Int = 10, readTimeoutSeconds: Int = 60,
    maxEventBytes: Int = Int(UInt32.max), interrupt: InterruptSource? = nil,
    notice: @escaping @Sendable (ConnectionNotice) -> Void = { _ in }
  ) {
    self.host = host
    self.port = port
    self.user = user
    self.password = password
    self.database = database
    self.tls = tls
    self.connectTimeoutSeconds = connectTimeoutSeconds
    self.readTimeoutSeconds = readTimeoutSeconds
    self.maxEventBytes = maxEventBytes
    self.interrupt = interrupt
    self.notice = notice
  }

  /// Throws `invalidOption` for what cannot be sent: the protocol ends these texts with a NUL.
  func check() throws(WireFailure) {
    guard !user.utf8.contains(0) else { throw .invalidOption("the user name contains a NUL") }
    guard database?.utf8.contains(0) != true else { throw .invalidOption("the database name contains a NUL") }
    guard (1...65535).contains(port) else { throw .invalidOption("port \(port) is not in 1 to 65535") }
  }
}

/// What happens while a connection opens.
public enum ConnectionNotice: Sendable, Equatable, CustomStringConvertible {
  /// An address did not answer; the next one is tried.
  case addressFailed(address: String, reason: String)
  /// TCP is connected.
  case connected(address: String)
  /// TLS is preferred, and the server does not offer it: the connection is not encrypted.
  case tlsNotOffered
  /// TLS is up.
  case encrypted(version: String)
  /// Without TLS the password goes under an RSA key of which nobody knows whose it is.
  case unverifiedKey

  /// One sentence for a log.
  public var description: String {
    switch self {
    case .addressFailed(let address, let reason): "no connection to \(address): \(reason)"
    case .connected(let address): "connected to \(address)"
    case .tlsNotOffered: "the server does not offer TLS: the connection is not encrypted"
    case .encrypted(let version): "encrypted with \(version)"
    case .unverifiedKey:
      "the password is sent under an RSA key that nothing proves to be the server's: set ssl_mode to verify_identity"
    }
  }

  /// True if it weakens the protection of the connection.
  public var isWarning: Bool {
    switch self {
    case .tlsNotOffered, .unverifiedKey: true
    case .addressFailed, .connected, .encrypted: false
    }
  }
}
