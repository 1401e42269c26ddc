#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import Synchronization

/// A way to stop a blocking wait from a signal handler or from another thread.
///
/// Every wait on a socket also watches the read end of this pipe. Once triggered it stays so: all later waits end at once.
/// The pipe stays open as long as the object lives; keep it for the life of the process when a signal handler uses it.
public final class InterruptSource: Sendable {
  /// The end that waits watch: readable after `trigger()`.
  let readEnd: Int32
  /// The end to write to. A byte written to it by other means, such as a signal handler that knows only the number,
  /// triggers at the next wait.
  public let wakeFileDescriptor: Int32
  private let triggered = Atomic<Bool>(false)
  private let held = Atomic<Bool>(false)

  /// Makes the pipe. Throws when the process has no file descriptors left.
  public init() throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    let result = unsafe ends.withUnsafeMutableBufferPointer { unsafe pipe($0.baseAddress) }
    guard result == 0 else { throw .last("pipe", "for interrupts") }
    readEnd = ends[0]
    wakeFileDescriptor = ends[1]
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
  }

  deinit {
    close(readEnd)
    close(wakeFileDescriptor)
  }

  /// While this is true, waits go on as if nothing had been triggered.
  public var isHeld: Bool {
    get { held.load(ordering: .relaxed) }
    set { held.store(newValue, ordering: .relaxed) }
  }

  /// Whether waits are to end: `trigger()` was called, or a wait has seen a byte in the pipe.
  public var isTriggered: Bool { triggered.load(ordering: .relaxed) && !isHeld }

  /// `readEnd`, or no descriptor while the interrupt is held.
  var watchedEnd: Int32 { isHeld ? -1 : readEnd }

  /// Waits for so long, or until triggered; false when it was.
  public func sleep(milliseconds: Int32) throws(SystemError) -> Bool {
    let deadline = Deadline(secondsFromNow: Double(milliseconds) / 1000)
    return try waitUntilReady(-1, for: .reading, deadline: deadline, interrupt: self) != .interrupted
  }

  /// Notes that a wait has seen a byte in the pipe.
  func noteWake() { triggered.store(true, ordering: .relaxed) }

  /// Ends all waits, now and later. Async-signal-safe: one atomic store and one `write`; `errno` is kept.
  public func trigger() {
    let saved = errno
    triggered.store(true, ordering: .relaxed)
    var byte: UInt8 = 1
    _ = unsafe write(wakeFileDescriptor, &byte, 1)
    errno = saved
  }
}
