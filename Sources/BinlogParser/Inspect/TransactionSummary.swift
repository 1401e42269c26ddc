/// One transaction of a binlog file.
public struct TransactionSummary: Sendable, Equatable {
  /// Where its first event starts.
  public let position: UInt64
  /// Bytes of its events.
  public internal(set) var bytes: UInt64 = 0
  /// Rows of its events.
  public internal(set) var rows: UInt64 = 0
  /// Its global transaction id, where it has one.
  public let gtid: String?
}

/// The largest transactions of a file, found in one pass.
struct LargestTransactions: Sendable {
  /// Number of them that are kept.
  private static let limit = 5
  private(set) var largest: [TransactionSummary] = []
  private(set) var count: UInt64 = 0
  private(set) var open: TransactionSummary?

  /// A transaction begins; one that is still open ends before it.
  mutating func begin(at position: UInt64, gtid: String?) {
    end()
    open = TransactionSummary(position: position, gtid: gtid)
  }

  /// An event of the open transaction.
  mutating func add(bytes: UInt64, rows: UInt64) {
    open?.bytes += bytes
    open?.rows += rows
  }

  /// The open transaction ends.
  mutating func end() {
    guard let ended = open else { return }
    open = nil
    count += 1
    let place = largest.firstIndex { $0.bytes < ended.bytes } ?? largest.endIndex
    guard place < Self.limit else { return }
    largest.insert(ended, at: place)
    if largest.count > Self.limit { largest.removeLast() }
  }
}
