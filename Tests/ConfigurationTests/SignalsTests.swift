import Foundation
import Platform
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Sends this process a signal as a shell would, and waits until `isDone`, for ten seconds at most.
///
/// `raise` would send it to the calling thread, and the threads of the concurrency runtime block signals.
private func send(_ signal: Int32, until isDone: () -> Bool = { false }) {
  kill(getpid(), signal)
  for _ in 0..<1_000 where !isDone() { usleep(10_000) }
}

/// Each test runs in a process of its own: signal handlers belong to the whole process.
@Suite struct SignalsTests {
  @Test func theFirstSignalAsksToStopAndWakesTheWaits() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let pipe = Pipe()
      Signals.install(wakeFileDescriptor: pipe.fileHandleForWriting.fileDescriptor)
      precondition(!Signals.stopRequested)
      send(SIGTERM) { Signals.stopRequested }
      precondition(Signals.stopRequested)
      let woken = try pipe.fileHandleForReading.read(upToCount: 1)
      precondition(woken?.count == 1)
      exit(7)
    }
  }

  @Test func theSecondInterruptEndsTheProcess() async {
    await #expect(processExitsWith: .exitCode(130)) {
      Signals.install(wakeFileDescriptor: Pipe().fileHandleForWriting.fileDescriptor)
      send(SIGTERM) { Signals.stopRequested }
      send(SIGINT)
    }
  }

  @Test func theSecondTerminationEndsTheProcess() async {
    await #expect(processExitsWith: .exitCode(143)) {
      Signals.install(wakeFileDescriptor: -1)
      send(SIGINT) { Signals.stopRequested }
      send(SIGTERM)
    }
  }

  @Test func aClosedPipeIsAnErrorAndNotTheEnd() async {
    await #expect(processExitsWith: .exitCode(7)) {
      Signals.install(wakeFileDescriptor: -1)
      let pipe = Pipe()
      try pipe.fileHandleForReading.close()
      let output = LineOutput(borrowing: pipe.fileHandleForWriting.fileDescriptor, name: "pipe")
      do throws(SystemError) {
        try output.write("x")
      } catch {
        exit(error.code == EPIPE ? 7 : 8)
      }
    }
  }

  @Test func aPipeIsNoTerminal() {
    let descriptor = Pipe().fileHandleForWriting.fileDescriptor
    #expect(!Terminal.isTerminal(descriptor))
    #expect(Terminal.width(descriptor) == nil)
  }
}
