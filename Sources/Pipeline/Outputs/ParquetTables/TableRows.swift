import BinlogParser
import Bytes
import ParquetWriter

/// Rows of one version of a table, in the columns of its files.
struct TableRows: ~Copyable, RowBatch {
  let layout: TableLayout
  private(set) var change = ChangeColumns()
  private var values: ValueVisitor
  private var before = ByteArrayColumn(capacity: 16)
  private var absent = ByteArrayColumn(capacity: 16)
  private var raw = ByteArrayColumn(capacity: 16)

  /// No rows of `layout`.
  init(_ layout: TableLayout) {
    self.layout = layout
    values = ValueVisitor(layout)
  }

  /// The nodes of a file's schema behind the columns of the table.
  static let nodesBehindColumns = [
    text("_cdc_before", fieldID: 10), text("_cdc_absent", fieldID: 11), text("_cdc_raw", fieldID: 12),
  ]

  private static func text(_ name: String, fieldID: Int32) -> SchemaNode {
    .column(
      ColumnDescriptor(
        name, .byteArray, .optional, logicalType: .string, encoding: .smallest, bounds: .none, fieldID: fieldID))
  }

  var rowCount: Int { change.rowCount }

  var byteCount: Int {
    change.byteCount + values.columns.byteCount + rowCount * values.columns.fixedRowByteCount + before.byteCount
      + absent.byteCount + raw.byteCount
  }

  func appendColumns(to receiver: inout ColumnReceiver) throws(ParquetError) {
    try change.appendColumns(to: &receiver)
    try values.columns.appendColumns(to: &receiver)
    try receiver.append(before)
    try receiver.append(absent)
    try receiver.append(raw)
  }

  /// Forgets all rows; the memory stays.
  mutating func removeAll() {
    change.removeAll()
    values.columns.removeAll()
    before.removeAll()
    absent.removeAll()
    raw.removeAll()
  }

  /// Completes the rows that were added since the last call (`ChangeColumns.fill`).
  mutating func fill(
    _ origin: RowsOrigin, first: Int64, file: String, _ xid: PendingXID
  ) throws(PipelineError) {
    do { try change.fill(origin, first: first, file: file, xid) } catch { throw .parquet(error) }
  }

  /// Notes whether the last rows' transaction is open, before they are taken away.
  mutating func noteOpen() { change.noteOpen() }

  // MARK: Rows

  /// Adds the next row of `images`, as two where its key changes.
  mutating func append(
    _ images: inout RowCursor, _ kind: RowsKind, row: Int64, _ comparison: inout ImageComparison
  ) throws(PipelineError) {
    switch kind {
    case .insert where images.afterCount == layout.columns.count:
      do { try images.visitAfter(&values) } catch { throw .binlog(error) }
      try end(.insert, row)
    case .delete where images.beforeCount == layout.columns.count:
      do { try images.visitBefore(&values) } catch { throw .binlog(error) }
      try end(.delete, row)
    case .insert, .update, .delete:
      do { try comparison.measure(&images) } catch { throw .binlog(error) }
      try appendMeasured(&images, kind, row: row, &comparison)
    }
  }

  private mutating func appendMeasured(
    _ images: inout RowCursor, _ kind: RowsKind, row: Int64, _ comparison: inout ImageComparison
  ) throws(PipelineError) {
    switch kind {
    case .insert:
      try visit(&images, comparison, .after)
      try end(.insert, row, absent: comparison.absent(from: .after, layout))
    case .delete:
      try visit(&images, comparison, .before)
      try end(.delete, row, absent: comparison.absent(from: .before, layout))
    case .update where comparison.isKeyChange(images, layout.primaryKey):
      try visit(&images, comparison, .before)
      try end(.delete, row, absent: comparison.absent(from: .before, layout))
      try visit(&images, comparison, .merged)
      try end(.insert, row, absent: comparison.absent(from: .merged, layout))
    case .update:
      try visit(&images, comparison, .merged)
      try appendBefore(&images, &comparison)
      try end(.update, row, absent: comparison.absent(from: .merged, layout), hasBefore: true)
    }
  }

  /// Adds the values of `image`.
  private mutating func visit(
    _ images: inout RowCursor, _ comparison: borrowing ImageComparison, _ image: RowImage
  ) throws(PipelineError) {
    do throws(BinlogError) {
      for index in layout.columns.indices {
        switch comparison.holder(of: index, image) {
        case nil: values.absent(index)
        case .before: try images.visit(index, comparison.before, &values)
        default: try images.visit(index, comparison.after, &values)
        }
      }
    } catch {
      throw .binlog(error)
    }
  }

  private mutating func appendBefore(
    _ images: inout RowCursor, _ comparison: inout ImageComparison
  ) throws(PipelineError) {
    guard comparison.beforeImages != .none else { return before.appendNull() }
    before.beginValue()
    do throws(BinlogError) { try comparison.appendBefore(&images, layout, to: &before.values) } catch {
      throw .binlog(error)
    }
    do { try before.endValue() } catch { throw .parquet(error) }
  }

  /// Adds a row without values: the whole table changed.
  mutating func appendTruncation() throws(PipelineError) {
    for index in layout.columns.indices { values.absent(index) }
    try end(.truncate, 0)
  }

  /// Ends a row whose values were added.
  private mutating func end(
    _ operation: ChangeOperation, _ row: Int64, absent names: [UInt8] = [], hasBefore: Bool = false
  ) throws(PipelineError) {
    do throws(ParquetError) {
      try change.append(operation, row: row)
      if !hasBefore { before.appendNull() }
      if names.isEmpty { absent.appendNull() } else { try absent.append(names.bytes) }
      try values.endRow(&raw)
    } catch {
      throw .parquet(error)
    }
  }
}

/// Rows on their way into one row group.
package final class TableBatch: ChangeBatch, @unchecked Sendable {
  /// The rows.
  var rows: TableRows

  /// No rows of `layout`.
  init(_ layout: TableLayout) { rows = TableRows(layout) }

  /// The version of the table whose rows they are.
  var layout: TableLayout { rows.layout }
  package var byteCount: Int { rows.byteCount + layout.columns.count * Self.columnByteCount }

  /// Bytes that a column has beside its values.
  private static let columnByteCount = 256

  package func removeAll() { rows.removeAll() }
}
