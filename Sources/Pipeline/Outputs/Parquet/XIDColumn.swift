import BinlogParser
import ParquetWriter

/// A transaction whose XID comes with the event that ends it, behind its rows.
///
/// The thread that decodes sets the XID, before it sends anything that follows the transaction; the thread that writes looks
/// at it only behind that.
final class PendingXID: @unchecked Sendable {
  /// The XID; nil before the transaction's end, and where it has none.
  private(set) var value: UInt64?
  /// True behind the transaction's end.
  private(set) var isOver = false

  /// Ends the transaction.
  func end(_ xid: UInt64?) {
    value = xid
    isOver = true
  }
}

/// The XIDs of rows, by transaction.
struct XIDColumn: Sendable {
  private var runs: [(xid: PendingXID, rowCount: Int)] = []
  /// The transaction that was open when the rows were taken: they must be written without their XIDs.
  private(set) var open: PendingXID?

  /// Adds `count` rows of the transaction of `xid`.
  mutating func append(_ xid: PendingXID, _ count: Int) {
    guard let last = runs.last, last.xid === xid else { return runs.append((xid, count)) }
    runs[runs.count - 1].rowCount += count
  }

  /// Notes whether the last transaction is open.
  mutating func noteOpen() { open = runs.last.flatMap { $0.xid.isOver ? nil : $0.xid } }

  /// The column.
  ///
  /// - Parameter unknown: a transaction whose end has not come yet, for nulls.
  func column(unknown: PendingXID? = nil) -> Int64Column {
    var column = Int64Column(capacity: runs.reduce(0) { $0 + $1.rowCount })
    for (xid, count) in runs {
      let value = xid === unknown ? nil : xid.value
      for _ in 0..<count {
        if let value { column.append(Int64(clamping: value)) } else { column.appendNull() }
      }
    }
    return column
  }

  /// Forgets all rows.
  mutating func removeAll() {
    runs.removeAll(keepingCapacity: true)
    open = nil
  }
}
