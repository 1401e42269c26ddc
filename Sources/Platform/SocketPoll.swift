#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a wait on a file descriptor ended.
public enum WaitResult: Sendable, Equatable {
  /// The descriptor can be read or written (or has an error, which the next call reports).
  case ready
  /// The time is over.
  case timedOut
  /// The interrupt source was triggered.
  case interrupted
}

/// What a wait is for.
enum WaitPurpose {
  case reading, writing
}

/// Waits until `descriptor` is ready, `deadline` is over, or `interrupt` is triggered, which takes precedence.
func waitUntilReady(
  _ descriptor: Int32, for purpose: WaitPurpose, deadline: Deadline, interrupt: InterruptSource?
) throws(SystemError) -> WaitResult {
  let wanted = Int16(purpose == .reading ? POLLIN : POLLOUT)
  var entries = [
    pollfd(fd: descriptor, events: wanted, revents: 0),
    pollfd(fd: interrupt?.watchedEnd ?? -1, events: Int16(POLLIN), revents: 0),
  ]
  while true {
    let milliseconds = deadline.millisecondsLeft
    let count = unsafe entries.withUnsafeMutableBufferPointer { unsafe poll($0.baseAddress, 2, milliseconds) }
    if count < 0 {
      guard errno == EINTR else { throw .last("poll", "socket") }
    } else if entries[1].revents != 0 {
      interrupt?.noteWake()
      return .interrupted
    } else if entries[0].revents != 0 {
      return .ready
    }
    if interrupt?.isTriggered == true { return .interrupted }
    if deadline.millisecondsLeft == 0 { return .timedOut }
  }
}
