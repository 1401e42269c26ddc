import Bytes
import Platform

/// What went wrong between this program and the server: the inner error, without what was being done.
///
/// `WireError` adds the activity and the server's address.
public enum WireFailure: Error, Sendable, Equatable {
  /// A system call failed: refused, unreachable, reset.
  case system(SystemError)
  /// The resolver has no address for the host; its own words.
  case unknownHost(String)
  /// No answer, or nothing at all, for so many seconds.
  case timedOut(seconds: Int)
  /// The server closed the connection.
  case closedByPeer
  /// The interrupt source was triggered.
  case interrupted
  /// The server answered with an ERR packet.
  case server(ERRPacket)
  /// A packet, named as in the MySQL documents, that does not decode.
  case malformed(packet: String, DecodeError)
  /// A packet that has no place here, by its first byte.
  case unexpectedPacket(firstByte: UInt8)
  /// The sequence number of a packet is not the next one.
  case outOfSequence(expected: UInt8, got: UInt8)
  /// A packet or result of at least `size` bytes, beyond the limit.
  case tooLarge(size: Int, limit: Int)
  /// An event of at least `size` bytes, beyond the limit that the configuration sets.
  case eventTooLarge(size: Int, limit: Int)
  /// The greeting is of a protocol that is not spoken here.
  case unsupportedServer(String)
  /// The account uses an authentication plugin that is not supported.
  case unsupportedPlugin(String)
  /// The server asks for the password in clear (`mysql_clear_password`), which is never sent.
  case clearPasswordRefused
  /// The server's RSA key, or the password, is not fit for encryption; why.
  case passwordEncryption(String)
  /// The server asks for a local file (LOAD DATA LOCAL INFILE), which is never sent.
  case localInfileRefused
  /// TLS is wanted, and the server does not offer it.
  case tlsNotOffered
  /// The TLS handshake or a TLS record failed; why.
  case tlsFailed(String)
  /// The server's certificate does not pass the wanted verification.
  case certificateRejected(CertificateProblem)
  /// A file or option of the TLS configuration is not usable; which and why.
  case tlsConfiguration(String)
  /// COM_BINLOG_DUMP has four bytes for the position.
  case positionTooLarge(UInt64)
  /// An option that cannot be sent, such as a NUL in the user name; which and why.
  case invalidOption(String)
  /// The server ended a dump that was to wait for new events: it shuts down, or the connection was killed.
  case dumpEnded
  /// A further connection led to another server than the first one.
  case otherServer(found: ServerIdentity, expected: ServerIdentity)
  /// The connection is closed, failed before, or is busy with a binlog dump.
  case notReady

  /// Wraps an error of the socket; `seconds` is the time limit that was in force.
  init(_ error: SocketError, seconds: Int) {
    switch error {
    case .timedOut: self = .timedOut(seconds: seconds)
    case .interrupted: self = .interrupted
    case .closed: self = .closedByPeer
    case .system(let error): self = .system(error)
    }
  }

  /// Wraps an error of the resolver.
  init(_ error: ResolveError, seconds: Int) {
    switch error {
    case .unknownHost(let words): self = .unknownHost(words)
    case .timedOut: self = .timedOut(seconds: seconds)
    case .interrupted: self = .interrupted
    case .system(let error): self = .system(error)
    }
  }

  /// Decodes with `body`, naming `packet` when it fails.
  static func naming<T: ~Copyable>(
    _ packet: String, _ body: () throws(DecodeError) -> T
  ) throws(WireFailure) -> T {
    do { return try body() } catch { throw .malformed(packet: packet, error) }
  }
}

extension WireFailure: CustomStringConvertible {
  /// One phrase that completes "cannot log in: …".
  public var description: String {
    switch self {
    case .system(let error): "\(error.reason) (\(error.call), errno \(error.code))"
    case .unknownHost(let words): "unknown host: \(words)"
    case .timedOut(let seconds): "no complete answer for \(seconds) s"
    case .closedByPeer: "the server closed the connection"
    case .interrupted: "interrupted"
    case .server(let packet): packet.description
    case .malformed(let packet, let error): "malformed \(packet): \(error)"
    case .unexpectedPacket(let byte): "unexpected packet of type 0x\(String(byte, radix: 16))"
    case .outOfSequence(let expected, let got): "packet out of order: number \(got) instead of \(expected)"
    case .tooLarge(let size, let limit): "a packet or result of at least \(size) bytes, more than the limit \(limit)"
    case .eventTooLarge(let size, let limit):
      "an event of at least \(size) bytes, more than max_event_bytes (\(limit))"
    case .unsupportedServer(let what): "unsupported server: \(what)"
    case .unsupportedPlugin(let name): "the account uses the authentication plugin \(name), which is not supported"
    case .clearPasswordRefused: "the server asks for the password in clear (mysql_clear_password), which is refused"
    case .passwordEncryption(let why): "the password cannot be encrypted for the server: \(why)"
    case .localInfileRefused: "the server asks for a local file, which is refused"
    case .tlsNotOffered: "encryption is required, and the server does not offer TLS"
    case .tlsFailed(let why): "TLS failed: \(why)"
    case .certificateRejected(let why): "the server's certificate is rejected: \(why)"
    case .tlsConfiguration(let what): "TLS configuration: \(what)"
    case .positionTooLarge(let position): "position \(position) does not fit the 4 bytes of COM_BINLOG_DUMP"
    case .invalidOption(let what): what
    case .dumpEnded: "the server ended the dump"
    case .otherServer(let found, let expected): "another server answers: \(found), and not \(expected)"
    case .notReady: "the connection is closed, has failed, or is busy with a binlog dump"
    }
  }
}
