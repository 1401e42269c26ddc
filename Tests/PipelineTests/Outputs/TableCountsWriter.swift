import BinlogParser
import Bytes
import Pipeline

/// Writes a line for each table that a transaction changed: its name, and the number of rows.
struct TableCountsWriter: ~Copyable, ChangeWriter {
  let showsTransactions = true
  let replacements = 0
  private var counts: [String: Int] = [:]
  private var lines = OutputBuffer()

  mutating func rows(
    _ event: borrowing RowsEvent, _ table: TablePlan, _ origin: RowsOrigin,
    to target: inout some BatchTarget<LineBatch> & ~Copyable
  ) throws(PipelineError) {
    var rows = try event.images(table)
    let count: Int
    do { count = try rows.countRows() } catch { throw .binlog(error) }
    counts[table.qualifiedName, default: 0] += count
    target.rows += UInt64(count)
  }

  mutating func endTransaction(_ transaction: TransactionContext) {
    for (table, count) in counts.sorted(by: { $0.key < $1.key }) { lines.append("\(table) \(count)\n") }
    counts.removeAll(keepingCapacity: true)
  }

  mutating func takeBatch() -> LineBatch? {
    guard !lines.isEmpty else { return nil }
    let batch = LineBatch()
    swap(&batch.bytes, &lines)
    return batch
  }

  mutating func resume(_ batch: LineBatch) { swap(&batch.bytes, &lines) }
}

extension StreamFormat {
  /// A line for each table that a transaction changed.
  static var tableCounts: StreamFormat { StreamFormat { TableCountsWriter() } }
}
