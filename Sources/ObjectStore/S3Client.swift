import Foundation
import HTTP
import Synchronization

/// Sends signed requests to an object store, and again where that may help. It is safe to use from several threads at once.
public final class S3Client: Sendable {
  let settings: S3Settings
  private let transport: HTTPTransport
  private let credentials: CredentialsProvider
  private let policy: RetryPolicy
  private let deadline: S3Deadline?
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
  ///   - deadline: when all requests must be over; nil for never.
  ///   - retrying: called, on the thread of the request, before each wait.
  public init(
    _ settings: S3Settings, policy: RetryPolicy? = nil, deadline: S3Deadline? = nil,
    retrying: @escaping @Sendable (_ error: S3Error, _ waitSeconds: Double) -> Void = { _, _ in }
  ) {
    self.settings = settings
    self.policy = policy ?? RetryPolicy(attempts: settings.maxAttempts)
    self.deadline = deadline
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

  /// Sends `request` until it has a response that is no error, or until its time is over.
  ///
  /// - Parameters:
  ///   - isGivenUp: asked before each new attempt and while waiting for it.
  ///   - mistake: what is wrong with a response of a status below 300.
  func send(
    _ request: S3Request, isGivenUp: () -> Bool = { false }, mistake: (HTTPResponse) -> S3Error? = { _ in nil }
  ) throws(S3Error) -> Reply {
    let end = end(of: request)
    let hash = request.payloadHash
    let digest = request.contentMD5
    var attempt = 1
    var remedies: (credentials: Bool, clock: Bool) = (false, false)
    var last: S3Error?
    while true {
      var signer: AWSCredentials?
      var error: S3Error
      do throws(S3Error) {
        let response = try sendOnce(request, hash, digest, &signer)
        guard let mistake = Self.isError(response) ? S3Error(request, response) : mistake(response) else {
          return Reply(response: response, attempts: attempt)
        }
        if mistake.remedy == .otherClock { setClock(response) }
        error = mistake
      } catch let failure {
        error = failure
      }
      error.attempts = attempt
      if error.isTimeOver, let last { error.add(last) }
      last = error
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

  /// True if a response is an error, perhaps in spite of its status: a store that has said 200 before its work was done can say
  /// only in the body that it failed. Nothing that is read here is such a document.
  private static func isError(_ response: HTTPResponse) -> Bool {
    response.status >= 300 || S3XML(response.body)?.root == "Error"
  }

  private func sendOnce(
    _ request: S3Request, _ hash: String, _ digest: String?, _ signer: inout AWSCredentials?
  ) throws(S3Error) -> HTTPResponse {
    let keys: AWSCredentials
    do { keys = try credentials.credentials(within: secondsLeft(for: request)) } catch {
      throw isOver(request)
        ? S3Error(timeOver: request, error.reason)
        : S3Error(request, error.reason, isTransient: error.isTransient)
    }
    signer = keys
    let seconds = min(
      Self.baseSeconds + Double(request.body?.count ?? 0) / Self.bytesPerSecond, secondsLeft(for: request))
    guard seconds > 0 else { throw S3Error(timeOver: request, "there was no time left to send it") }
    do {
      return try transport.response(to: signed(request, hash, digest, keys), timeoutSeconds: seconds)
    } catch {
      if isOver(request) { throw S3Error(timeOver: request, "no answer in the \(Self.rounded(seconds)) s that it had") }
      throw S3Error(
        request, error.description, isTransient: !error.isCertificate, isCertificate: error.isCertificate)
    }
  }

  /// After it, no attempt is begun.
  private func end(of request: S3Request) -> ContinuousClock.Instant {
    let end = ContinuousClock.now + .seconds(policy.seconds)
    return deadline.map { min(end, $0.end(of: request)) } ?? end
  }

  /// Seconds until `request` must be over; less than none when it should be.
  private func secondsLeft(for request: S3Request) -> Double {
    deadline.map { ContinuousClock.now.duration(to: $0.end(of: request)) / .seconds(1) } ?? .infinity
  }

  /// True if the time of `request` is over, as far as its clock and that of its connection agree.
  private func isOver(_ request: S3Request) -> Bool { secondsLeft(for: request) < 0.05 }

  private static func rounded(_ seconds: Double) -> Double { (seconds * 10).rounded() / 10 }

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
