import AsyncHTTPClient
import NIOSSL

/// Why a request has no response.
public struct HTTPFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// What happened, in words that hold no secret.
  public let description: String
  /// True if the time was over.
  public let isTimeout: Bool
  /// True if the server's certificate is the reason.
  public let isCertificate: Bool

  /// A failure in words.
  public init(_ description: String, isTimeout: Bool = false, isCertificate: Bool = false) {
    self.description = description
    self.isTimeout = isTimeout
    self.isCertificate = isCertificate
  }

  init(_ error: any Error) {
    let timeouts: [HTTPClientError] = [.readTimeout, .writeTimeout, .connectTimeout, .deadlineExceeded]
    let isTimeout = (error as? HTTPClientError).map(timeouts.contains) ?? false
    switch error {
    case let error as NIOSSLExtraError where error == .failedToValidateHostname:
      self.init("the server's certificate is for another host", isCertificate: true)
    case NIOSSLError.handshakeFailed(let cause):
      let reason = Self.reason(of: cause)
      self.init("the TLS handshake failed: \(reason)", isCertificate: reason == "CERTIFICATE_VERIFY_FAILED")
    default: self.init("\(error)", isTimeout: isTimeout)
    }
  }

  /// BoringSSL's name for the error, without the place in its source where it came up:
  /// "Error: 268435581 error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at file:line".
  private static func reason(of error: BoringSSLError) -> String {
    let text = "\(error)"
    guard let mark = text.firstRange(of: "OPENSSL_internal:") else { return text }
    return String(text[mark.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" })
  }
}
