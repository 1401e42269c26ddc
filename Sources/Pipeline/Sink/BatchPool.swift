import Foundation

/// Batches that were written and can be filled again.
final class BatchPool: @unchecked Sendable {
  private let lock = NSLock()
  private var batches: [RowChangeBatch] = []
  private let limit: Int

  /// As many as can be under way at once, where one is filled at a time.
  private static let limit = 3

  /// A pool for batches of one partition, or of many: their memory is counted, and none of it kept.
  init(isPartitioned: Bool) { limit = isPartitioned ? 0 : Self.limit }

  /// An empty batch with memory for rows, if there is one.
  func take() -> RowChangeBatch? {
    lock.lock()
    defer { lock.unlock() }
    return batches.popLast()
  }

  /// Takes back a batch that nobody uses any more.
  func give(_ batch: RowChangeBatch) {
    guard limit > 0 else { return }
    batch.columns.removeAll()
    lock.lock()
    defer { lock.unlock() }
    if batches.count < limit { batches.append(batch) }
  }
}
