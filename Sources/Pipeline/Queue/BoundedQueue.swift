import Foundation

/// A first-in, first-out queue between two threads, bounded in elements and in bytes.
///
/// A full queue makes its producer wait until half of it is free, so that the two threads do not wake each other for every
/// element; an empty one makes its consumer wait. Either side can close it: after `finish` the consumer
/// still gets what is in it; after `cancel` both sides stop at once, which is how a failed stage stops the others.
///
/// It has thirteen properties because one lock guards them all.
package final class BoundedQueue<Element: Sendable>: CancellableQueue, @unchecked Sendable {
  private let condition = NSCondition()
  private let capacity: Int
  private let byteLimit: Int
  private var elements: [(element: Element, bytes: Int)?]
  private var head = 0
  private var count = 0
  private var bytes = 0
  private let countsTaken: Bool
  /// Weight of the last element that was taken, as long as it counts.
  private var taken = 0
  private var isFinished = false
  private var isCancelled = false
  /// True if the producer, or the consumer, sleeps: nobody else is woken, and not before the lock is free.
  private var producerWaits = false
  private var consumerWaits = false

  /// A queue for `capacity` elements that together weigh at most `byteLimit` bytes. One element with weight always fits.
  ///
  /// - Parameter countsTaken: an element heavier than the limit fills the queue until the consumer comes for the next one, so
  ///   that there are two of them at a time, and not three: the consumer's, and the one that the producer makes.
  package init(capacity: Int, byteLimit: Int, countsTaken: Bool = false) {
    self.capacity = max(capacity, 1)
    self.byteLimit = byteLimit
    self.countsTaken = countsTaken
    elements = Array(repeating: nil, count: self.capacity)
  }

  /// Appends `element`, which weighs `weight` bytes, once there is room.
  ///
  /// Returns false when the queue is closed: nobody will take the element.
  package func put(_ element: sending Element, weight: Int) -> Bool {
    condition.lock()
    while !isClosed, !hasRoom(for: weight) {
      producerWaits = true
      condition.wait()
      producerWaits = false
    }
    let isTaken = !isClosed
    if isTaken {
      elements[(head + count) % capacity] = (element, weight)
      count += 1
      bytes += weight
    }
    let wakes = consumerWaits
    condition.unlock()
    if wakes { condition.signal() }
    return isTaken
  }

  /// True if an element that weighs `weight` bytes may be appended, with the lock held.
  private func hasRoom(for weight: Int) -> Bool {
    let held = bytes + taken
    return count < capacity && (held == 0 || held + weight <= byteLimit)
  }

  /// What `take(until:)` came to.
  package enum Taken {
    /// The oldest element.
    case element(Element)
    /// The time is over, and there is none.
    case timedOut
    /// The queue is closed, and there will be none.
    case closed
  }

  /// Takes the oldest element once there is one; nil when the queue is closed and there will be none.
  package func take() -> Element? {
    guard case .element(let element) = take(until: nil) else { return nil }
    return element
  }

  /// Takes the oldest element once there is one, or gives up at `deadline`.
  package func take(until deadline: ContinuousClock.Instant?) -> Taken {
    condition.lock()
    dropTaken()
    let result = takeLocked(until: deadline)
    let wakes = isProducerToWake
    condition.unlock()
    if wakes { condition.signal() }
    return result
  }

  private var isProducerToWake: Bool {
    producerWaits && count <= capacity / 2 && bytes + taken <= byteLimit / 2
  }

  /// The consumer has done with the last element, with the lock held.
  private func dropTaken() {
    guard taken > 0 else { return }
    taken = 0
    if isProducerToWake { condition.signal() }
  }

  /// `take(until:)` with the lock held.
  private func takeLocked(until deadline: ContinuousClock.Instant?) -> Taken {
    while count == 0, !isClosed {
      consumerWaits = true
      let isInTime = wait(until: deadline)
      consumerWaits = false
      if !isInTime { return .timedOut }
    }
    guard count > 0, !isCancelled, let (element, weight) = elements[head] else { return .closed }
    elements[head] = nil
    head = (head + 1) % capacity
    count -= 1
    bytes -= weight
    if countsTaken, weight > byteLimit { taken = weight }
    return .element(element)
  }

  /// Waits for a signal, with the lock held; false when `deadline` has passed.
  private func wait(until deadline: ContinuousClock.Instant?) -> Bool {
    guard let deadline else {
      condition.wait()
      return true
    }
    let left = ContinuousClock.now.duration(to: deadline) / .seconds(1)
    guard left > 0 else { return false }
    _ = condition.wait(until: Date(timeIntervalSinceNow: left))
    return true
  }

  /// No more elements will come; those in the queue are still to be taken.
  package func finish() {
    condition.lock()
    isFinished = true
    condition.broadcast()
    condition.unlock()
  }

  /// Stops both sides at once and drops what is in the queue.
  package func cancel() {
    condition.lock()
    isCancelled = true
    for index in elements.indices { elements[index] = nil }
    count = 0
    bytes = 0
    condition.broadcast()
    condition.unlock()
  }

  /// True if the queue was cancelled, rather than finished.
  package var wasCancelled: Bool {
    condition.lock()
    defer { condition.unlock() }
    return isCancelled
  }

  /// True if nobody takes elements any more.
  package var isOver: Bool {
    condition.lock()
    defer { condition.unlock() }
    return isClosed
  }

  private var isClosed: Bool { isFinished || isCancelled }
}

/// A queue of whatever elements, to be stopped.
protocol CancellableQueue: Sendable {
  /// Stops both sides at once and drops what is in the queue.
  func cancel()
  /// True if the queue was cancelled, rather than finished.
  var wasCancelled: Bool { get }
}
