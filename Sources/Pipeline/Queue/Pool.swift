import Foundation

/// Objects that one thread has used and that another can use again, with the memory they hold.
///
/// Memory that is freed on one thread and taken anew on another comes from the system each time, page by page.
final class Pool<Element: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var elements: [Element] = []
  private var limit: Int

  /// A pool that keeps `limit` objects at most.
  init(limit: Int) { self.limit = limit }

  /// Keeps `limit` objects at most from now on.
  func keep(_ limit: Int) {
    lock.lock()
    defer { lock.unlock() }
    self.limit = limit
    if elements.count > limit { elements.removeLast(elements.count - limit) }
  }

  /// An object that was given back, if there is one.
  func take() -> Element? {
    lock.lock()
    defer { lock.unlock() }
    return elements.popLast()
  }

  /// Takes back an object that nobody uses any more.
  func give(_ element: Element) {
    lock.lock()
    defer { lock.unlock() }
    if elements.count < limit { elements.append(element) }
  }
}
