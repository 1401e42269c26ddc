import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Stop requests from the terminal or the service manager.
///
/// The first SIGINT or SIGTERM asks the program to stop: it sets `stopRequested` and writes one byte to the wake file
/// descriptor, on which every blocking wait also polls. The second ends the process at once. SIGPIPE and SIGXFSZ are ignored, so
/// that a closed pipe, or a file at its limit, is an error of `write`, not the end of the process.
public enum Signals {
  /// Takes over SIGINT, SIGTERM and SIGPIPE.
  ///
  /// - Parameter wakeFileDescriptor: the write end of a non-blocking pipe. It must stay open until the process ends.
  public static func install(wakeFileDescriptor: Int32) {
    // Touching both atomics here runs their initialisers before a handler can.
    wake.store(wakeFileDescriptor, ordering: .sequentiallyConsistent)
    stops.store(0, ordering: .sequentiallyConsistent)
    ignoreBrokenPipes()
    signal(SIGINT, handleStop)
    signal(SIGTERM, handleStop)
  }

  /// Makes a file that would grow beyond the limit of the process (ulimit -f) an error of `write`, EFBIG.
  public static func ignoreFileSizeLimit() { signal(SIGXFSZ, SIG_IGN) }

  /// Makes a closed pipe or connection an error of `write`, not the end of the process.
  public static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

  /// True if SIGINT or SIGTERM has arrived since `install`.
  public static var stopRequested: Bool { stops.load(ordering: .relaxed) > 0 }
}

private let wake = Atomic<Int32>(-1)
private let stops = Atomic<Int32>(0)

/// The handler. It calls only what signal-safety(7) allows: lock-free atomics, `write` and `_exit`.
private func handleStop(_ number: Int32) {
  guard stops.wrappingAdd(1, ordering: .sequentiallyConsistent).oldValue == 0 else { _exit(128 &+ number) }
  let code = errno
  var byte: UInt8 = 1
  _ = unsafe write(wake.load(ordering: .relaxed), &byte, 1)
  errno = code
}
