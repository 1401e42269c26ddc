import Foundation
import HTTP
import Synchronization

/// Sends signed requests to an object store, and again where that may help. It is safe to use from several threads at once.
public final class S3Client: Sendable {
  let settings: S3Settings
  private let transport: HTTPTransport
  private let credentials: CredentialsProvider
  private let policy: RetryPolicy
  private let retrying: @Sendable (_ error: S3Error, _ waitSeconds: Double) -> Void
  /// What to add to this machine's time to get the store's, in seconds.
  private let clockOffset = Mutex<TimeInterval>(0)

  /// More bytes than any object has that is read here.
  static let maxObjectBytes = 64 << 20
  /// A connection that stands still so long is given up.
  private static let idleSeconds: Int64 = 30
  /// A request may take a minute, and for each second of it more 64 KiB of the body.
  private static let baseSeconds = 60.0
  private static let bytesPerSecond = 65536.0

  /// A client with `settings`.
  ///
  /// - Parameters:
  ///   - policy: how often a request is tried; nil for `settings.maxAttempts`.
  ///   - retrying: called, on the thread of the request, before each wait.
  public init(
    _ settings: S3Settings, policy: RetryPolicy? = nil,
    retrying: @escaping @Sendable (_ error: S3Error, _ waitSeconds: Double) -> Void = { _, _ in }
  ) {
    self.settings = settings
    self.policy = policy ?? RetryPolicy(attempts: settings.maxAttempts)
    self.retrying = retrying
    transport = HTTPTransport(
      maxResponseBytes: Self.maxObjectBytes, idleTimeoutSeconds: Self.idleSeconds,
      authorityFile: settings.authorityFile)
    credentials = CredentialsProvider(settings.credentials, transport)
  }

  /// A response, and how often it was asked for.
  struct Reply {
    let response: HTTPResponse
    let attempts: Int
  }

  /// Sends `request` until it has a response that is no error.
  ///
  /// - Parameters:
  ///   - isGivenUp: asked before each new attempt and while waiting for it.
  ///   - mistake: what is wrong with a response of a status below 300.
  func send(
    _ request: S3Request, isGivenUp: () -> Bool = { false }, mistake: (HTTPResponse) -> S3Error? = { _ in nil }
  ) throws(S3Error) -> Reply {
    let end = ContinuousClock.now + .seconds(policy.seconds)
    let hash = request.payloadHash
    let digest = request.contentMD5
    var attempt = 1
    var remedies: (credentials: Bool, clock: Bool) = (false, false)
    while true {
      var signer: AWSCredentials?
      var error: S3Error
      do throws(S3Error) {
        let response = try sendOnce(request, hash, digest, &signer)
        guard let mistake = response.status < 300 ? mistake(response) : S3Error(request, response) else {
          return Reply(response: response, attempts: attempt)
        }
        if mistake.remedy == .otherClock { setClock(response) }
        error = mistake
      } catch let failure {
        error = failure
      }
      error.attempts = attempt
      switch error.remedy {
      case .newCredentials where !remedies.credentials && signer.map(credentials.renew) == true:
        remedies.credentials = true
      case .otherClock where !remedies.clock: remedies.clock = true
      case .wait where attempt < policy.attempts:
        let seconds = policy.wait(after: attempt)
        guard ContinuousClock.now + .seconds(seconds) < end, !isGivenUp() else { throw error }
        retrying(error, seconds)
        guard Self.sleep(seconds, isGivenUp) else { throw error }
      default: throw error
      }
      attempt += 1
    }
  }

  private func sendOnce(
    _ request: S3Request, _ hash: String, _ digest: String?, _ signer: inout AWSCredentials?
  ) throws(S3Error) -> HTTPResponse {
    let keys: AWSCredentials
    do { keys = try credentials.credentials() } catch {
      throw S3Error(request, error.reason, isTransient: error.isTransient)
    }
    signer = keys
    let seconds = Self.baseSeconds + Double(request.body?.count ?? 0) / Self.bytesPerSecond
    do {
      return try transport.response(to: signed(request, hash, digest, keys), timeoutSeconds: seconds)
    } catch {
      throw S3Error(request, error.description)
    }
  }

  private func signed(
    _ request: S3Request, _ hash: String, _ digest: String?, _ keys: AWSCredentials
  ) -> HTTPRequest {
    let address = S3Address(request.object, settings)
    let date = Date(timeIntervalSinceNow: clockOffset.withLock { $0 })
    let signature = SignatureV4(keys, region: settings.region, date: date)
    var headers = [
      ("Host", address.host), ("x-amz-content-sha256", hash), ("x-amz-date", signature.timestamp),
    ]
    if let token = keys.sessionToken { headers.append(("x-amz-security-token", token)) }
    if let digest { headers.append(("Content-MD5", digest)) }
    headers += request.headers
    headers.append(
      (
        "Authorization",
        signature.authorization(
          method: request.method, path: address.path, query: request.query, headers: headers, payloadHash: hash)
      ))
    let query = SignatureV4.canonical(request.query)
    return HTTPRequest(
      request.method, address.origin + address.path + (query.isEmpty ? "" : "?" + query), headers: headers,
      body: request.body)
  }

  /// Takes over the store's time.
  private func setClock(_ response: HTTPResponse) {
    guard let date = response.header("Date").flatMap(HTTPDate.date) else { return }
    clockOffset.withLock { $0 = date.timeIntervalSinceNow }
  }

  /// Waits; false when it was given up.
  private static func sleep(_ seconds: Double, _ isGivenUp: () -> Bool) -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      if isGivenUp() { return false }
      Thread.sleep(forTimeInterval: min(0.1, (end - ContinuousClock.now) / .seconds(1)))
    }
    return true
  }
}
