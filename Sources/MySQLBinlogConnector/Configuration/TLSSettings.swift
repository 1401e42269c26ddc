/// Whether and how the connection is encrypted.
package struct TLSSettings: Sendable, Equatable {
  /// The values of `ssl_mode`, with the meaning of the mysql client's `--ssl-mode`.
  package enum Mode: String, CaseIterable, Sendable {
    /// Never encrypted.
    case disabled
    /// Encrypted where the server offers it, else plain.
    case preferred
    /// Encrypted or not at all; the server's certificate is not checked.
    case required
    /// Encrypted, with a certificate that a known authority signed.
    case verifyCA = "verify_ca"
    /// Encrypted, with a certificate that a known authority signed for this host.
    case verifyIdentity = "verify_identity"
  }

  /// `ssl_mode`, or its alias `ssl`.
  package let mode: Mode
  /// A PEM file of certificate authorities.
  package let caFile: String?
  /// A PEM file of the client's certificate.
  package let certificateFile: String?
  /// A PEM file of the client certificate's private key.
  package let keyFile: String?

  init(_ reader: inout ConfigurationReader) {
    let alias = reader.boolean(.ssl)
    if reader.has(.ssl), reader.has(.sslMode) {
      reader.report(.ssl, "is an alias of ssl_mode; give only one of the two")
    }
    mode = reader.choice(.sslMode, default: alias.map { $0 ? .required : .disabled } ?? .preferred)
    caFile = reader.text(.sslCA)
    certificateFile = reader.text(.sslCertificate)
    keyFile = reader.text(.sslKey)
    if reader.has(.sslCertificate), !reader.has(.sslKey) { reader.report(.sslCertificate, "needs ssl_key beside it") }
    if reader.has(.sslKey), !reader.has(.sslCertificate) { reader.report(.sslKey, "needs ssl_cert beside it") }
  }
}
