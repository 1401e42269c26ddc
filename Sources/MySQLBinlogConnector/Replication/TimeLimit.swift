import Foundation
import ObjectStore
import Pipeline
import Platform
import Synchronization

/// The time that a run has, watched by a thread of its own. Every wait of the run ends when it is over.
package final class TimeLimit: @unchecked Sendable {
  /// When what must be over.
  struct Schedule {
    /// From then on no new transaction is begun.
    let lastStart: ContinuousClock.Instant
    /// The transaction that is still coming in then is given up.
    let lastEvent: ContinuousClock.Instant
    /// Output that is not complete then is given up.
    let lastOutput: ContinuousClock.Instant
    /// Whatever is left to do is given up then: to keep the place behind complete output, to remove what is not complete.
    let end: ContinuousClock.Instant
  }

  /// How much of the time is gone.
  package enum Phase: Int, Comparable, Sendable {
    /// There is time.
    case running
    /// The run is to end behind the transaction that is coming in.
    case ending
    /// The run is to end at once.
    case over

    package static func < (a: Phase, b: Phase) -> Bool { a.rawValue < b.rawValue }
  }

  private let schedule: Schedule
  private let interrupt: InterruptSource
  private let state = Atomic<Int>(Phase.running.rawValue)
  private let condition = NSCondition()
  private var isStopped = false
  private var isOutputOver = false
  private var pipeline: Pipeline?

  /// A limit that ends the waits of `interrupt`.
  init(_ schedule: Schedule, _ interrupt: InterruptSource) {
    self.schedule = schedule
    self.interrupt = interrupt
  }

  /// How much of the time is gone.
  var phase: Phase { Phase(rawValue: state.load(ordering: .relaxed)) ?? .over }

  /// Seconds until the output must be complete, rounded down, shared by the steps that one after the other may take as long:
  /// connection, login, statement.
  var wholeSecondsLeft: Int {
    max(0, Int(ContinuousClock.now.duration(to: schedule.lastOutput) / .seconds(3)))
  }

  /// When requests to an object store must be over.
  var storeDeadline: S3Deadline { S3Deadline(work: schedule.lastOutput, ending: schedule.end) }

  /// Begins.
  func start() {
    let thread = Thread { [self] in
      guard wait(until: schedule.lastStart) else { return }
      state.store(Phase.ending.rawValue, ordering: .relaxed)
      interrupt.trigger()
      guard wait(until: schedule.lastEvent) else { return }
      state.store(Phase.over.rawValue, ordering: .relaxed)
      interrupt.force()
      guard wait(until: schedule.lastOutput) else { return }
      endOutput()
    }
    thread.name = "time limit"
    thread.start()
  }

  /// Ends the watch: the run is over.
  func stop() {
    condition.lock()
    isStopped = true
    pipeline = nil
    condition.signal()
    condition.unlock()
  }

  /// The run's output goes through `pipeline` from now on.
  func watch(_ pipeline: Pipeline) {
    condition.lock()
    self.pipeline = pipeline
    let isOver = isOutputOver
    condition.unlock()
    if isOver { pipeline.abort() }
  }

  private func endOutput() {
    condition.lock()
    isOutputOver = true
    let pipeline = pipeline
    condition.unlock()
    pipeline?.abort()
  }

  /// Waits; false when the run was over first.
  private func wait(until instant: ContinuousClock.Instant) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while !isStopped {
      let seconds = ContinuousClock.now.duration(to: instant) / .seconds(1)
      guard seconds > 0 else { return true }
      _ = condition.wait(until: Date(timeIntervalSinceNow: seconds))
    }
    return false
  }
}
