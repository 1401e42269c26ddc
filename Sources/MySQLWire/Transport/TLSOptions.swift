/// How far a connection is encrypted and the server's identity is verified, as `--ssl-mode` of the mysql client.
///
/// See <https://dev.mysql.com/doc/refman/9.7/en/connection-options.html#option_general_ssl-mode>.
public enum TLSMode: String, Sendable, CaseIterable {
  /// No encryption.
  case disabled
  /// Encryption if the server offers it. A handshake that fails is an error, never a reason to go on without.
  case preferred
  /// Encryption, or an error.
  case required
  /// Encryption, and the certificate must come from an authority in `caFile`.
  case verifyCA = "verify_ca"
  /// As `verifyCA`, and the certificate must be for the host name or address connected to.
  case verifyIdentity = "verify_identity"
}

/// The TLS part of the connection options. Files are in PEM form.
public struct TLSOptions: Sendable, Equatable {
  /// How far the connection is encrypted and the server's certificate verified.
  public var mode: TLSMode
  /// Certificates of the authorities to trust. For `verifyIdentity` without a file, those of the operating system.
  public var caFile: String?
  /// The client's certificate, with those between it and its authority, for accounts that require one.
  public var certificateFile: String?
  /// The private key of the client's certificate.
  public var keyFile: String?

  /// Options with nothing but a mode.
  public init(
    mode: TLSMode = .preferred, caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil
  ) {
    self.mode = mode
    self.caFile = caFile
    self.certificateFile = certificateFile
    self.keyFile = keyFile
  }
}
