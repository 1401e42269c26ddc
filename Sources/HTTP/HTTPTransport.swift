import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Sends HTTP/1.1 requests from threads that may wait, and keeps connections open between them.
///
/// It is safe to use from several threads at once.
public final class HTTPTransport: Sendable {
  private let client: HTTPClient
  private let maxResponseBytes: Int

  /// More bytes than the body of any answer that is asked for here.
  public static let defaultMaxResponseBytes = 16 << 20

  /// A transport whose connections are made within `connectTimeoutSeconds`.
  ///
  /// - Parameters:
  ///   - maxResponseBytes: a longer body of a response is an error.
  ///   - idleTimeoutSeconds: how long a request may make no headway: no answer, or not 4 MiB of it sent; nil for ever.
  ///   - authorityFile: a PEM file of the authorities to trust in place of the system's.
  public init(
    connectTimeoutSeconds: Int64 = 10, maxResponseBytes: Int = HTTPTransport.defaultMaxResponseBytes,
    idleTimeoutSeconds: Int64? = nil, authorityFile: String? = nil
  ) {
    var configuration = HTTPClient.Configuration()
    configuration.timeout.connect = .seconds(connectTimeoutSeconds)
    configuration.timeout.read = idleTimeoutSeconds.map { .seconds($0) }
    configuration.timeout.write = idleTimeoutSeconds.map { .seconds($0) }
    // Whoever sends a request again decides when.
    configuration.connectionPool.retryConnectionEstablishment = false
    if let authorityFile {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.trustRoots = .file(authorityFile)
      configuration.tlsConfiguration = tls
    }
    configuration.httpVersion = .http1Only
    configuration.redirectConfiguration = .disallow
    client = HTTPClient(eventLoopGroup: Self.eventLoops, configuration: configuration)
    self.maxResponseBytes = maxResponseBytes
  }

  /// One thread is enough for bytes that are only passed on.
  private static let eventLoops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  deinit { client.shutdown { _ in } }

  /// Sends `request`, and waits for the whole response.
  ///
  /// - Parameter timeoutSeconds: how long that may take; nil for as long as it takes.
  /// - Throws: `HTTPFailure` when there is no whole response. A status of 400 or more is a response.
  public func response(to request: HTTPRequest, timeoutSeconds: Double?) throws(HTTPFailure) -> HTTPResponse {
    do {
      let head = try HTTPClient.Request(
        url: request.url, method: HTTPMethod(rawValue: request.method), headers: HTTPHeaders(request.headers),
        body: request.body.map { .bytes($0) })
      let collector = ResponseAccumulator(request: head, maxBodySize: maxResponseBytes)
      let deadline = timeoutSeconds.map { NIODeadline.now() + .nanoseconds(Int64($0 * 1e9)) }
      let response = try client.execute(request: head, delegate: collector, deadline: deadline).wait()
      return HTTPResponse(
        status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
        body: response.body.map { Array($0.readableBytesView) } ?? [])
    } catch {
      throw HTTPFailure(error)
    }
  }
}
