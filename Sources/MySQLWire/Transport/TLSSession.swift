import Bytes
import NIOCore
import NIOEmbedded
import NIOSSL
import NIOTLS
import Platform

/// TLS over a blocking socket: the TLS handler of swift-nio-ssl in a channel that is fed and emptied by hand.
///
/// Not thread safe: one thread does everything, from `init` to the end.
final class TLSSession {
  private let channel: EmbeddedChannel
  private let handler: NIOSSLClientHandler
  private let events = HandshakeEvents()
  private let options: TLSOptions
  private let host: String
  /// Decrypted bytes that nobody has taken yet.
  private var plaintext = ByteBuffer()

  /// A session that has not begun. Throws `tlsConfiguration`.
  init(_ options: TLSOptions, host: String, peer: Platform.SocketAddress) throws(WireFailure) {
    self.options = options
    self.host = host
    let context = try options.makeContext()
    let isAddress = Resolver.isAddress(host)
    do {
      handler = try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
      channel = EmbeddedChannel()
      // A certificate may name addresses. They count only when the user asked for an address: a name that was resolved to
      // one proves nothing. The path of a local socket stands for "no address".
      let remote =
        isAddress
        ? try NIOCore.SocketAddress(ipAddress: peer.host, port: 0)
        : try NIOCore.SocketAddress(unixDomainSocketPath: "/")
      try channel.pipeline.syncOperations.addHandlers([handler, events])
      try channel.connect(to: remote).wait()
    } catch { throw .tlsFailed(tlsReason(error)) }
  }

  /// "TLS 1.3"
  var version: String {
    switch handler.tlsVersion {
    case .tlsv13: "TLS 1.3"
    case .tlsv12: "TLS 1.2"
    default: "TLS"
    }
  }

  /// Does the handshake, including all verification.
  func handshake(over link: Link) throws(WireFailure) {
    try flush(to: link)
    while !events.isComplete {
      _ = try receiveRecords(from: link, waiting: true)
    }
  }

  /// Encrypts and sends.
  func send(_ bytes: RawSpan, over link: Link) throws(WireFailure) {
    var buffer = channel.allocator.buffer(capacity: bytes.byteCount)
    _ = unsafe bytes.withUnsafeBytes { unsafe buffer.writeBytes($0) }
    channel.writeAndFlush(buffer, promise: nil)
    try throwIfFailed()
    try flush(to: link)
  }

  /// Appends decrypted bytes, at most `count`, to `output`. Returns whether there were any; there are when `waiting`.
  func receive(
    into output: inout OutputBuffer, upTo count: Int, over link: Link, waiting: Bool
  ) throws(WireFailure) -> Bool {
    while plaintext.readableBytes == 0 {
      guard try receiveRecords(from: link, waiting: waiting) else { return false }
    }
    let size = min(count, plaintext.readableBytes)
    output.append(plaintext.readableBytesSpan.extracting(0..<size))
    plaintext.moveReaderIndex(forwardBy: size)
    return true
  }

  /// Tells the server that nothing more will come.
  func close(over link: Link) {
    channel.close(promise: nil)
    do throws(WireFailure) { try flush(to: link) } catch { return }
  }

  /// Feeds what the socket has into the handler. Returns whether there was anything; there is when `waiting`.
  private func receiveRecords(from link: Link, waiting: Bool) throws(WireFailure) -> Bool {
    var records = channel.allocator.buffer(capacity: Limits.tlsReceive)
    guard try link.receive(into: &records, waiting: waiting) else { return false }
    do { try channel.writeInbound(records) } catch { throw failure(error) }
    try flush(to: link)
    try takePlaintext()
    return true
  }

  private func takePlaintext() throws(WireFailure) {
    do {
      while var decrypted = try channel.readInbound(as: ByteBuffer.self) {
        if plaintext.readableBytes == 0 { plaintext = decrypted } else { plaintext.writeBuffer(&decrypted) }
      }
    } catch { throw failure(error) }
    // A close_notify closes the channel; what came before it is still good.
    if !channel.isActive, plaintext.readableBytes == 0 { throw .closedByPeer }
  }

  private func flush(to link: Link) throws(WireFailure) {
    while let buffer = try nextOutbound() { try link.send(buffer.readableBytesSpan) }
  }

  private func nextOutbound() throws(WireFailure) -> ByteBuffer? {
    do { return try channel.readOutbound(as: ByteBuffer.self) } catch { throw failure(error) }
  }

  private func throwIfFailed() throws(WireFailure) {
    do { try channel.throwIfErrorCaught() } catch { throw failure(error) }
  }

  private func failure(_ error: any Error) -> WireFailure {
    if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
      return .certificateRejected(.wrongHost(host))
    }
    let reason = tlsReason(error)
    guard reason.contains("CERTIFICATE_VERIFY_FAILED") else { return .tlsFailed(reason) }
    return .certificateRejected(validityProblem ?? .notTrusted(caFile: options.caFile))
  }

  /// The TLS library does not say why verification failed. The server's certificate tells at least whether it is in date.
  private var validityProblem: CertificateProblem? {
    guard let certificate = handler.peerCertificate else { return nil }
    let now = secondsSince1970()
    if certificate.notValidAfter < now { return .expired }
    return certificate.notValidBefore > now ? .notYetValid : nil
  }
}

/// Notes the end of the handshake.
private final class HandshakeEvents: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private(set) var isComplete = false

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent { isComplete = true }
    context.fireUserInboundEventTriggered(event)
  }
}
