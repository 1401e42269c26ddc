#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import Foundation
import Synchronization

/// Why a host name gave no address.
public enum ResolveError: Error, Sendable, Equatable {
  /// The resolver's own words: "Name or service not known".
  case unknownHost(String)
  /// No answer came in time.
  case timedOut
  /// The interrupt source was triggered.
  case interrupted
  /// A system call failed.
  case system(SystemError)
}

/// Host names to addresses.
public enum Resolver {
  /// Every address of `host`, in the order in which the system wants them tried.
  ///
  /// An address written as one ("192.0.2.1", "::1") needs no name server and is answered at once. A name is looked up on
  /// a thread of its own, because the system's call can neither be interrupted nor be given a time limit.
  public static func addresses(
    of host: String, port: Int, deadline: Deadline, interrupt: InterruptSource?
  ) throws(ResolveError) -> [SocketAddress] {
    guard !host.isEmpty, !host.utf8.contains(0) else { throw .unknownHost("not a host name") }
    if case .success(let addresses) = lookUp(host, port: port, flags: AI_NUMERICHOST) { return addresses }
    let lookup = try Lookup.make()
    lookup.start(host, port: port)
    switch try lookup.wait(deadline: deadline, interrupt: interrupt) {
    case .interrupted: throw .interrupted
    case .timedOut: throw .timedOut
    case .ready: return try lookup.answer()
    }
  }

  /// True if `host` is an address rather than a name.
  public static func isAddress(_ host: String) -> Bool {
    guard !host.utf8.contains(0), case .success = lookUp(host, port: 0, flags: AI_NUMERICHOST) else { return false }
    return true
  }

  /// What the system knows of `host`; "localhost" is this machine even where nothing says so, as in a root without
  /// /etc/hosts (https://www.rfc-editor.org/rfc/rfc6761#section-6.3).
  fileprivate static func lookUp(name host: String, port: Int) -> Result<[SocketAddress], ResolveError> {
    let answer = lookUp(host, port: port, flags: 0)
    guard case .failure = answer, host.lowercased() == "localhost" else { return answer }
    return lookUp(nil, port: port, flags: 0)
  }

  /// One call of `getaddrinfo`, which takes no host for this machine.
  private static func lookUp(
    _ host: String?, port: Int, flags: Int32
  ) -> Result<[SocketAddress], ResolveError> {
    var hints = unsafe addrinfo()
    unsafe hints.ai_family = AF_UNSPEC
    unsafe hints.ai_socktype = socketStream
    unsafe hints.ai_flags = flags | AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let status = unsafe getaddrinfo(host, String(port), &hints, &list)
    defer { if let head = unsafe list { unsafe freeaddrinfo(head) } }
    guard status == 0 else { return .failure(.unknownHost(words(for: status))) }
    var found: [SocketAddress] = []
    var next = unsafe list
    while let entry = unsafe next {
      if let address = unsafe SocketAddress(entry.pointee), !found.contains(address) { found.append(address) }
      unsafe next = entry.pointee.ai_next
    }
    return found.isEmpty ? .failure(.unknownHost("no IPv4 or IPv6 address")) : .success(found)
  }

  private static func words(for status: Int32) -> String {
    guard let text = unsafe gai_strerror(status) else { return "error \(status)" }
    return unsafe String(cString: text)
  }
}

/// One look-up on its own thread; the pipe of `done` becomes readable when the answer is there.
///
/// A look-up that nobody waits for any more ends by itself: the thread holds the last reference.
private final class Lookup: Sendable {
  private let done: InterruptSource
  private let result = Mutex<Result<[SocketAddress], ResolveError>>(.failure(.timedOut))

  private init(done: InterruptSource) { self.done = done }

  static func make() throws(ResolveError) -> Lookup {
    do { return Lookup(done: try InterruptSource()) } catch { throw .system(error) }
  }

  func start(_ host: String, port: Int) {
    Thread.detachNewThread { [self] in
      let answer = Resolver.lookUp(name: host, port: port)
      result.withLock { $0 = answer }
      done.trigger()
    }
  }

  func wait(deadline: Deadline, interrupt: InterruptSource?) throws(ResolveError) -> WaitResult {
    do {
      return try waitUntilReady(done.readEnd, for: .reading, deadline: deadline, interrupt: interrupt)
    } catch { throw .system(error) }
  }

  func answer() throws(ResolveError) -> [SocketAddress] { try result.withLock { $0 }.get() }
}
