import Bytes
import Platform

/// The bytes of a connection, in clear or under TLS.
final class Transport: ByteSource {
  let link: Link
  private var session: TLSSession?

  init(_ link: Link) { self.link = link }

  /// True if TLS is up.
  var isEncrypted: Bool { session != nil }
  /// "TLS 1.3"; nil without TLS.
  var tlsVersion: String? { session?.version }

  /// Does the TLS handshake; everything after it is encrypted.
  func startTLS(_ options: TLSOptions, host: String) throws(WireFailure) {
    let session = try TLSSession(options, host: host, peer: link.peer)
    try session.handshake(over: link)
    self.session = session
  }

  /// Sends all of `bytes`.
  func send(_ bytes: RawSpan) throws(WireFailure) {
    if let session { try session.send(bytes, over: link) } else { try link.send(bytes) }
  }

  package func receive(into buffer: inout OutputBuffer, upTo count: Int) throws(WireFailure) {
    _ = try receive(into: &buffer, upTo: count, waiting: true)
  }

  package func receiveIfReady(into buffer: inout OutputBuffer, upTo count: Int) throws(WireFailure) -> Bool {
    try receive(into: &buffer, upTo: count, waiting: false)
  }

  private func receive(
    into buffer: inout OutputBuffer, upTo count: Int, waiting: Bool
  ) throws(WireFailure) -> Bool {
    if let session { return try session.receive(into: &buffer, upTo: count, over: link, waiting: waiting) }
    return try link.receive(into: &buffer, upTo: count, waiting: waiting)
  }

  /// Ends TLS, if any, and closes the socket.
  func close() {
    session?.close(over: link)
    session = nil
    link.close()
  }
}
