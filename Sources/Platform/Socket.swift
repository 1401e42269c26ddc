#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

#if canImport(Glibc)
  let socketStream = Int32(SOCK_STREAM.rawValue)
#else
  let socketStream = Int32(SOCK_STREAM)
#endif

#if canImport(Darwin)
  private let sendFlags: Int32 = 0
  private let keepIdleOption = TCP_KEEPALIVE
#else
  private let sendFlags = Int32(MSG_NOSIGNAL)
  private let keepIdleOption = TCP_KEEPIDLE
#endif

/// Why a socket call did not do what it was asked for.
public enum SocketError: Error, Sendable, Equatable {
  /// The time is over.
  case timedOut
  /// The interrupt source was triggered.
  case interrupted
  /// The peer has closed its side: nothing more will come.
  case closed
  /// A system call failed.
  case system(SystemError)
}

/// One connected TCP socket. Calls block until they are done, their deadline is over, or the interrupt source is triggered.
///
/// The descriptor itself does not block: every wait happens in one place, which watches the interrupt too.
public struct Socket: ~Copyable, Sendable {
  private var descriptor: Int32
  /// The address on the other side.
  public let peer: SocketAddress
  private let interrupt: InterruptSource?

  /// Connects to `peer`, with TCP_NODELAY and keepalive on.
  public init(connectingTo peer: SocketAddress, deadline: Deadline, interrupt: InterruptSource?) throws(SocketError) {
    descriptor = socket(peer.family, socketStream, 0)
    self.peer = peer
    self.interrupt = interrupt
    guard descriptor >= 0 else { throw .system(.last("socket", peer.host)) }
    setOptions()
    try finishConnecting(deadline)
  }

  deinit { if descriptor >= 0 { systemClose(descriptor) } }

  /// Closes the connection; later calls fail.
  public mutating func close() {
    if descriptor >= 0 { systemClose(descriptor) }
    descriptor = -1
  }

  private func finishConnecting(_ deadline: Deadline) throws(SocketError) {
    let status = unsafe peer.withSockaddr { unsafe connect(descriptor, $0, $1) }
    if status == 0 { return }
    guard errno == EINPROGRESS || errno == EINTR else { throw .system(.last("connect", peer.host)) }
    try wait(for: .writing, deadline)
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else {
      throw .system(.last("getsockopt", peer.host))
    }
    guard code == 0 else { throw .system(SystemError("connect", peer.host, code: code)) }
  }

  /// Options that help but that a connection can do without: their failure is not an error.
  private func setOptions() {
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    set(SOL_SOCKET, SO_KEEPALIVE, 1)
    set(Int32(IPPROTO_TCP), keepIdleOption, 60)
    set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, 10)
    set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 6)
    #if canImport(Darwin)
      set(SOL_SOCKET, SO_NOSIGPIPE, 1)
    #endif
  }

  private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
    var value = value
    _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  private func wait(for purpose: WaitPurpose, _ deadline: Deadline) throws(SocketError) {
    let result: WaitResult
    do {
      result = try waitUntilReady(descriptor, for: purpose, deadline: deadline, interrupt: interrupt)
    } catch { throw .system(error) }
    switch result {
    case .ready: return
    case .timedOut: throw .timedOut
    case .interrupted: throw .interrupted
    }
  }

  /// Reads what is there, at least one byte, into `memory`; returns how many bytes.
  ///
  /// After the deadline nothing is read, even if there is something: a peer that never stops sending cannot outlast it.
  public func receive(
    into memory: UnsafeMutableRawBufferPointer, deadline: () -> Deadline
  ) throws(SocketError) -> Int {
    while true {
      let deadline = deadline()
      if deadline.millisecondsLeft == 0 { throw .timedOut }
      if let count = try unsafe receiveIfReady(into: memory) { return count }
      try wait(for: .reading, deadline)
    }
  }

  /// Reads what is there into `memory` without waiting; nil when nothing is.
  public func receiveIfReady(into memory: UnsafeMutableRawBufferPointer) throws(SocketError) -> Int? {
    while true {
      if interrupt?.isTriggered == true { throw .interrupted }
      let count = unsafe recv(descriptor, memory.baseAddress, memory.count, 0)
      if count > 0 { return count }
      if count == 0 { throw .closed }
      if errno == EAGAIN || errno == EWOULDBLOCK { return nil }
      guard errno == EINTR else { throw .system(.last("recv", peer.host)) }
    }
  }

  /// Writes all of `bytes`.
  public func send(_ bytes: RawSpan, deadline: Deadline) throws(SocketError) {
    var sent = 0
    while sent < bytes.byteCount {
      if interrupt?.isTriggered == true { throw .interrupted }
      let rest = bytes.extracting(sent..<bytes.byteCount)
      let count = unsafe rest.withUnsafeBytes { unsafe systemSend(descriptor, $0.baseAddress, $0.count, sendFlags) }
      if count >= 0 {
        sent += count
      } else if errno == EAGAIN || errno == EWOULDBLOCK {
        try wait(for: .writing, deadline)
      } else if errno != EINTR {
        throw .system(.last("send", peer.host))
      }
    }
  }
}

/// The C call, which `Socket.send` would hide.
private func systemSend(_ descriptor: Int32, _ start: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
  unsafe send(descriptor, start, count, flags)
}

/// The C call, which `Socket.close` would hide.
private func systemClose(_ descriptor: Int32) { close(descriptor) }
