import BinlogParser

/// Counts the rows of a transaction, and those of each of its tables.
struct TransactionOrder {
  /// The transaction's number in the stream; 0 before the first one.
  private(set) var number: UInt64 = 0
  /// Its rows so far.
  private(set) var total = 0
  private var tables: [String: Int] = [:]

  /// Begins with the transaction of that number, unless it is the one that is counted.
  mutating func enter(_ number: UInt64) {
    guard number != self.number else { return }
    self = TransactionOrder()
    self.number = number
  }

  /// Rows of `table`, "schema.table", so far.
  func count(of table: String) -> Int { tables[table, default: 0] }

  /// Counts `count` more rows of `table`.
  mutating func add(_ count: Int, of table: String) {
    total += count
    tables[table, default: 0] += count
  }
}
