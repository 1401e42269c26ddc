import Foundation
import HTTP
import Synchronization

/// Hands out credentials, and gets new ones before the old ones expire.
final class CredentialsProvider: Sendable {
  private let source: CredentialsSource
  private let transport: HTTPTransport
  private let current = Mutex<AWSCredentials?>(nil)

  /// So long before they expire new ones are asked for.
  private static let margin: TimeInterval = 300

  init(_ source: CredentialsSource, _ transport: HTTPTransport) {
    self.source = source
    self.transport = transport
  }

  /// Credentials that work at `now`, if there are any within `seconds`.
  func credentials(at now: Date = Date(), within seconds: Double = .infinity) throws(ContainerCredentials.Failure)
    -> AWSCredentials
  {
    switch source {
    case .environment(let credentials): return credentials
    case .container(let container):
      return try current.withLock { (current) throws(ContainerCredentials.Failure) in
        if let known = current, (known.expiration ?? .distantFuture) > now.addingTimeInterval(Self.margin) {
          return known
        }
        do throws(ContainerCredentials.Failure) {
          let new = try container.fetch(transport, within: seconds)
          current = new
          return new
        } catch {
          // The old ones still work for a while, and the endpoint may answer by then.
          guard let known = current, let expiration = known.expiration, expiration > now else { throw error }
          return known
        }
      }
    }
  }

  /// Forgets `stale`, which a server called expired; false where there are no others to be had.
  func renew(_ stale: AWSCredentials) -> Bool {
    guard case .container = source else { return false }
    current.withLock { if $0 == stale { $0 = nil } }
    return true
  }
}
