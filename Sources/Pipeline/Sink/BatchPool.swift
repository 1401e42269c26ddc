import Foundation

/// Batches that were written and can be filled again.
final class BatchPool: @unchecked Sendable {
  private let lock = NSLock()
  private var batches: [RowChangeBatch] = []
  private let limit: Int
  private let rowCapacity: Int

  /// As many as can be under way at once, where one is filled at a time.
  private static let limit = 6
  private static let rowCapacity = 1024
  /// Where thousands are filled at a time, most of them hold few rows.
  private static let partitionRowCapacity = 16

  /// A pool for batches of one partition, or of many: their memory is counted, and none of it kept.
  init(isPartitioned: Bool) {
    limit = isPartitioned ? 0 : Self.limit
    rowCapacity = isPartitioned ? Self.partitionRowCapacity : Self.rowCapacity
  }

  /// An empty batch.
  func take() -> RowChangeBatch {
    lock.lock()
    defer { lock.unlock() }
    return batches.popLast() ?? RowChangeBatch(rowCapacity: rowCapacity)
  }

  /// Takes back a batch that nobody uses any more.
  func give(_ batch: RowChangeBatch) {
    guard limit > 0 else { return }
    batch.removeAll()
    lock.lock()
    defer { lock.unlock() }
    if batches.count < limit { batches.append(batch) }
  }
}
