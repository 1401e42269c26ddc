import NIOSSL
import Platform

extension TLSOptions {
  /// The context for one connection. Throws `tlsConfiguration` that names the option and the file at fault.
  func makeContext() throws(WireFailure) -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    switch mode {
    case .disabled, .preferred, .required: configuration.certificateVerification = .none
    case .verifyCA: configuration.certificateVerification = .noHostnameVerification
    case .verifyIdentity: configuration.certificateVerification = .fullVerification
    }
    if let caFile {
      configuration.trustRoots = .certificates(try Self.certificates(caFile, option: "ssl_ca"))
    } else if mode == .verifyCA {
      throw .tlsConfiguration("verify_ca needs ssl_ca, the file of the authority to trust")
    }
    try addClientCertificate(to: &configuration)
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch { throw .tlsConfiguration("\(clientFiles): \(tlsReason(error))") }
  }

  private func addClientCertificate(to configuration: inout TLSConfiguration) throws(WireFailure) {
    switch (certificateFile, keyFile) {
    case (nil, nil): return
    case (_?, nil): throw .tlsConfiguration("ssl_cert needs ssl_key")
    case (nil, _?): throw .tlsConfiguration("ssl_key needs ssl_cert")
    case (let certificateFile?, let keyFile?):
      let chain = try Self.certificates(certificateFile, option: "ssl_cert")
      configuration.certificateChain = chain.map { .certificate($0) }
      try Self.requireFile(keyFile, option: "ssl_key")
      do {
        configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: keyFile, format: .pem))
      } catch { throw .tlsConfiguration("ssl_key: no usable private key in \(keyFile)") }
    }
  }

  private static func certificates(_ path: String, option: String) throws(WireFailure) -> [NIOSSLCertificate] {
    try requireFile(path, option: option)
    let found = try? NIOSSLCertificate.fromPEMFile(path)
    guard let found, !found.isEmpty else { throw .tlsConfiguration("\(option): no certificate in \(path)") }
    return found
  }

  /// Throws for what is no file that can be read: the TLS library would wait for the writer of a pipe, whatever signal comes.
  private static func requireFile(_ path: String, option: String) throws(WireFailure) {
    do throws(SystemError) { _ = try InputFile(path) } catch {
      throw .tlsConfiguration("\(option): \(path) cannot be read: \(error.isNoFile ? "it is no file" : error.reason)")
    }
  }

  private var clientFiles: String {
    if let certificateFile, let keyFile { return "ssl_cert \(certificateFile) and ssl_key \(keyFile)" }
    return "the system's certificates"
  }
}

/// The part of an error of the TLS library that a person can use: "WRONG_VERSION_NUMBER".
func tlsReason(_ error: any Error) -> String {
  let stack: NIOBoringSSLErrorStack
  switch error {
  case NIOSSLError.handshakeFailed(.sslError(let errors)): stack = errors
  case BoringSSLError.sslError(let errors), BoringSSLError.unknownError(let errors): stack = errors
  default: return String(describing: error)
  }
  let reasons = stack.map { entry in
    // "Error: 268435581 error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at file:line"
    let words = String(describing: entry).split(separator: " at ", maxSplits: 1).first ?? "unknown"
    return String(words.split(separator: ":").last ?? words)
  }
  return reasons.isEmpty ? "handshake failed" : reasons.joined(separator: ", ")
}
