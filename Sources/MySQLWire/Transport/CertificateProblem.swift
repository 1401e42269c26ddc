/// Why the server's certificate is not accepted.
public enum CertificateProblem: Sendable, Equatable, CustomStringConvertible {
  /// It was not issued by a trusted authority: one of this file, or of the operating system.
  case notTrusted(caFile: String?)
  /// Its time is over.
  case expired
  /// Its time has not begun.
  case notYetValid
  /// It is for other names than this host.
  case wrongHost(String)

  /// One phrase that completes "the server's certificate is rejected: …".
  public var description: String {
    switch self {
    case .notTrusted(let file?): "it is not issued by an authority in \(file)"
    case .notTrusted(nil): "it is not issued by an authority that this system trusts"
    case .expired: "its time is over"
    case .notYetValid: "its time has not begun"
    case .wrongHost(let host): "it is not for \(host)"
    }
  }
}
