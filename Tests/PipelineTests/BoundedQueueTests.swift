import Foundation
import Synchronization
import Testing

import Pipeline

/// What the queue promises both of its threads.
@Suite struct BoundedQueueTests {
  @Test("Everything arrives once and in order", arguments: [1, 2, 32])
  func keepsOrder(capacity: Int) {
    let queue = BoundedQueue<Int>(capacity: capacity, byteLimit: .max)
    let producer = Thread {
      for number in 0..<10_000 { _ = queue.put(number, weight: 1) }
      queue.finish()
    }
    producer.start()
    var received: [Int] = []
    while let number = queue.take() { received.append(number) }
    #expect(received == Array(0..<10_000))
  }

  @Test("The producer waits while the queue is full", arguments: [(2, Int.max, 1), (100, 20, 10)])
  func bounds(capacity: Int, byteLimit: Int, weight: Int) {
    let queue = BoundedQueue<Int>(capacity: capacity, byteLimit: byteLimit)
    let accepted = Atomic<Int>(0)
    let producer = Thread {
      for number in 0..<10 {
        _ = queue.put(number, weight: weight)
        accepted.add(1, ordering: .relaxed)
      }
      queue.finish()
    }
    producer.start()
    Thread.sleep(forTimeInterval: 0.2)
    let count = accepted.load(ordering: .relaxed)
    #expect(count == 2)
    var taken = 0
    while queue.take() != nil { taken += 1 }
    #expect(taken == 10)
  }

  @Test("An element heavier than the limit passes through an empty queue")
  func heavyElement() {
    let queue = BoundedQueue<Int>(capacity: 4, byteLimit: 10)
    #expect(queue.put(1, weight: 1000))
    #expect(queue.take() == 1)
  }

  @Test("An element heavier than the limit does not wait for those without weight", .timeLimit(.minutes(1)))
  func heavyElementBehindLightOnes() {
    let queue = BoundedQueue<Int>(capacity: 4, byteLimit: 10)
    #expect(queue.put(1, weight: 0))
    #expect(queue.put(2, weight: 1000))
    #expect(queue.take() == 1)
    #expect(queue.take() == 2)
  }

  @Test("An element heavier than the limit counts until the consumer comes back", .timeLimit(.minutes(1)))
  func heavyElementInHand() {
    let queue = BoundedQueue<Int>(capacity: 4, byteLimit: 10, countsTaken: true)
    #expect(queue.put(1, weight: 1000))
    #expect(queue.take() == 1)
    let isAccepted = Atomic<Bool>(false)
    let producer = Thread {
      isAccepted.store(queue.put(2, weight: 1000), ordering: .sequentiallyConsistent)
      queue.finish()
    }
    producer.start()
    Thread.sleep(forTimeInterval: 0.1)
    let isEarly = isAccepted.load(ordering: .sequentiallyConsistent)
    #expect(!isEarly)
    #expect(queue.take() == 2)
    #expect(queue.take() == nil)
  }

  @Test("After finish the consumer gets what is left, and then nothing")
  func finish() {
    let queue = BoundedQueue<Int>(capacity: 4, byteLimit: .max)
    #expect(queue.put(1, weight: 0))
    queue.finish()
    #expect(!queue.put(2, weight: 0))
    #expect(queue.take() == 1)
    #expect(queue.take() == nil)
    #expect(!queue.wasCancelled)
  }

  @Test("Cancel drops what is left and wakes both sides")
  func cancel() {
    let queue = BoundedQueue<Int>(capacity: 1, byteLimit: .max)
    #expect(queue.put(1, weight: 0))
    let refused = Atomic<Bool>(false)
    let done = DispatchSemaphore(value: 0)
    let producer = Thread {
      refused.store(!queue.put(2, weight: 0), ordering: .sequentiallyConsistent)
      done.signal()
    }
    producer.start()
    Thread.sleep(forTimeInterval: 0.05)
    queue.cancel()
    #expect(done.wait(timeout: .now() + 5) == .success)
    let wasRefused = refused.load(ordering: .sequentiallyConsistent)
    #expect(wasRefused)
    #expect(queue.take() == nil)
    #expect(queue.wasCancelled)
  }

  @Test("A wait with a deadline ends with it, and an element ends it before")
  func deadline() {
    let queue = BoundedQueue<Int>(capacity: 1, byteLimit: .max)
    let start = ContinuousClock.now
    guard case .timedOut = queue.take(until: start + .milliseconds(50)) else {
      Issue.record("an empty queue gave something")
      return
    }
    #expect(start.duration(to: .now) >= .milliseconds(50))
    _ = queue.put(7, weight: 1)
    if case .element(let number) = queue.take(until: .now + .seconds(60)) {
      #expect(number == 7)
    } else {
      Issue.record("the element was not given")
    }
    queue.finish()
    if case .closed = queue.take(until: .now + .seconds(60)) {} else { Issue.record("a finished queue did not say so") }
  }
}
