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
  /// The ends of a second pipe, which held waits watch.
  private let forcedEnds: (read: Int32, write: Int32)
  private let triggered = Atomic<Bool>(false)
  private let held = Atomic<Bool>(false)
  private let forced = Atomic<Bool>(false)

  /// Makes the pipes. Throws when the process has no file descriptors left.
  public init() throws(SystemError) {
    let ends = try Self.makePipe()
    (readEnd, wakeFileDescriptor) = ends
    do throws(SystemError) { forcedEnds = try Self.makePipe() } catch {
      close(ends.read)
      close(ends.write)
      throw error
    }
  }

  private static func makePipe() throws(SystemError) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    let result = unsafe ends.withUnsafeMutableBufferPointer { unsafe pipe($0.baseAddress) }
    guard result == 0 else { throw .last("pipe", "for interrupts") }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    return (ends[0], ends[1])
  }

  deinit {
    for end in [readEnd, wakeFileDescriptor, forcedEnds.read, forcedEnds.write] { close(end) }
  }

  /// While this is true, waits go on as if nothing had been triggered, unless it was by `force()`.
  public var isHeld: Bool {
    get { held.load(ordering: .relaxed) }
    set { held.store(newValue, ordering: .relaxed) }
  }

  /// True if waits are to end: `trigger()` was called, or a wait has seen a byte in the pipe.
  public var isTriggered: Bool {
    forced.load(ordering: .relaxed) || (triggered.load(ordering: .relaxed) && !isHeld)
  }

  /// The end that a wait watches: while the interrupt is held, the one that only `force()` makes readable.
  var watchedEnd: Int32 { isHeld ? forcedEnds.read : readEnd }

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

  /// Ends all waits, now and later, held ones too.
  public func force() {
    forced.store(true, ordering: .relaxed)
    var byte: UInt8 = 1
    _ = unsafe write(forcedEnds.write, &byte, 1)
    trigger()
  }
}
