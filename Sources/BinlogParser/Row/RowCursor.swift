import Bytes

/// The images in a rows event, one after the other.
///
///     byte<(p+7)/8>  a bit for each of the p columns that are present: the value is NULL
///     …              the other present columns' values, in order
///
/// An update has a before and an after image for each row. Every byte must be used up by whole rows. With
/// binlog_row_image MINIMAL, a row that is all defaults is logged as an image of no columns, which takes no bytes: an
/// event without present columns and without bytes is one row.
public struct RowCursor: ~Escapable, ~Copyable {
  /// Which of a row's images.
  @usableFromInline enum Side {
    case before, after
  }

  @usableFromInline let table: TablePlan
  @usableFromInline let kind: RowsKind
  @usableFromInline let before: PresentColumns
  @usableFromInline let after: PresentColumns
  @usableFromInline var cursor: ByteCursor
  /// All images.
  @usableFromInline let rows: RawSpan
  @usableFromInline let isPartial: Bool
  /// Where in `rows` the JSON documents of the last before image lie, by column; of a PARTIAL_UPDATE_ROWS only.
  @usableFromInline var documents: [Int: Range<Int>]
  private let rowsOffset: Int
  @usableFromInline var budget: InflationBudget
  @usableFromInline var holdsEmptyRow: Bool

  /// The images of `event`, whose table map was compiled to `table`.
  ///
  /// - Throws: `BinlogError` when event and table map differ in the number of columns, or when there are bytes that no
  ///   column is to use up.
  @_lifetime(copy event)
  public init(_ event: borrowing RowsEvent, _ table: TablePlan) throws(BinlogError) {
    guard event.columnCount == table.columns.count else {
      throw BinlogError(.columnCountMismatch(rows: event.columnCount, tableMap: table.columns.count))
    }
    let before = PresentColumns(event.present, of: event.columnCount)
    let after = PresentColumns(event.presentAfter, of: event.columnCount)
    let isEmptyRow = before.count == 0 && after.count == 0
    guard !isEmptyRow || event.rows.byteCount == 0 else { throw Self.unusedBytes(event, table) }
    if let hidden = table.hiddenFractions { try Self.checkFractions(hidden, event, table, before, after) }
    self.table = table
    self.before = before
    self.after = after
    kind = event.kind
    isPartial = event.isPartial
    rows = event.rows
    cursor = ByteCursor(event.rows)
    documents = [:]
    rowsOffset = event.rowsOffset
    budget = InflationBudget(limit: event.inflationLimit)
    holdsEmptyRow = isEmptyRow
  }

  /// Makes sure that no temporal column has fractions of which nothing tells.
  private static func checkFractions(
    _ hidden: HiddenFractions, _ event: borrowing RowsEvent, _ table: TablePlan, _ before: PresentColumns,
    _ after: PresentColumns
  ) throws(BinlogError) {
    let open = hidden.open
    guard !open.isEmpty else { return }
    var search = FractionSearch(table, event.rows, before, after, event.kind, open: open)
    if let column = search.firstFraction(), !hidden.areDenied || !search.plainEnds {
      throw BinlogError(.hiddenFractions).located(table, column)
    }
    hidden.close(search.seen)
  }

  private static func unusedBytes(_ event: borrowing RowsEvent, _ table: TablePlan) -> BinlogError {
    var error = BinlogError(DecodeError(.invalid, at: EventHeader.byteCount + event.rowsOffset, "columns present"))
    error.table = table.qualifiedName
    return error
  }

  /// Number of columns that a before image holds.
  public var beforeCount: Int { before.count }
  /// Number of columns that an after image holds.
  public var afterCount: Int { after.count }
  /// Bytes of all images.
  public var byteCount: Int { rows.byteCount }
  /// True if every row was read.
  @inlinable public var isAtEnd: Bool { cursor.isAtEnd && !holdsEmptyRow }

  /// Shows the columns of the next row's before image to `visitor`.
  ///
  /// - Throws: `BinlogError` with the column whose value cannot be read.
  @inlinable @_lifetime(self: copy self)
  public mutating func visitBefore<V: ColumnVisitor & ~Copyable>(_ visitor: inout V) throws(BinlogError) {
    try visit(before, .before, &visitor)
    if !kind.hasAfter { holdsEmptyRow = false }
  }

  /// Shows the columns of the next row's after image to `visitor`.
  ///
  /// - Throws: `BinlogError` with the column whose value cannot be read.
  @inlinable @_lifetime(self: copy self)
  public mutating func visitAfter<V: ColumnVisitor & ~Copyable>(_ visitor: inout V) throws(BinlogError) {
    try visit(after, .after, &visitor)
    holdsEmptyRow = false
  }

  /// Walks over the rows that are left, and counts them.
  ///
  /// - Throws: `BinlogError` with the column whose value cannot be read.
  @_lifetime(self: copy self)
  public mutating func countRows() throws(BinlogError) -> Int {
    var counter = RowCounter()
    var count = 0
    while !isAtEnd {
      if kind.hasBefore { try visitBefore(&counter) }
      if kind.hasAfter { try visitAfter(&counter) }
      count += 1
    }
    return count
  }

  @inlinable @_lifetime(self: copy self)
  mutating func visit<V: ColumnVisitor & ~Copyable>(
    _ present: borrowing PresentColumns, _ side: Side, _ visitor: inout V
  ) throws(BinlogError) {
    var index = 0
    do throws(DecodeError) {
      guard !isPartial else { return try visitPartial(present, side, &visitor, &index) }
      let nulls = try cursor.bytes((present.count + 7) / 8, "NULL bitmap")
      visitor.beginImage()
      var ordinal = 0
      while index < table.columns.count {
        if present.contains(index) {
          visitor.column(index, table)
          if nulls[byteAt: ordinal >> 3] & 1 << UInt8(ordinal & 7) != 0 {
            try null(index, &visitor)
          } else {
            try Value.visit(index, table, &cursor, &budget, &visitor)
          }
          ordinal &+= 1
        }
        index &+= 1
      }
      visitor.endImage()
    } catch {
      throw BinlogError(cause(of: error, column: index)).located(table, index)
    }
  }

  /// Shows a NULL to `visitor`: only a column can have it that the table map says may be NULL.
  @inlinable @inline(__always)
  func null<V: ColumnVisitor & ~Copyable>(_ index: Int, _ visitor: inout V) throws(DecodeError) {
    guard table.columns[index].isNullable else {
      throw DecodeError(.invalid, at: cursor.offset, "NULL in a NOT NULL column")
    }
    visitor.null()
  }

  @usableFromInline
  func cause(of error: DecodeError, column: Int) -> BinlogError.Cause {
    if let excess = budget.excess { return .eventTooLarge(size: excess, limit: budget.limit) }
    if column < table.columns.count {
      let plan = table.columns[column]
      if plan.kind == .unsupported { return .unsupportedColumnType(plan.type.rawValue) }
      if plan.type.isOldTemporal, table.hiddenFractions != nil { return .hiddenFractions }
    }
    return .decode(error.shifted(by: EventHeader.byteCount + rowsOffset))
  }

}

extension BinlogError {
  /// The error, at `column` of `table`, or behind its columns.
  @usableFromInline
  func located(_ table: TablePlan, _ column: Int) -> BinlogError {
    var located = self
    located.table = table.qualifiedName
    located.column = column < table.columns.count ? table.columnName(column) : nil
    return located
  }
}

/// A bitmap of the columns that an image holds.
@usableFromInline
struct PresentColumns: ~Escapable {
  @usableFromInline let bits: RawSpan
  @usableFromInline let isComplete: Bool
  /// Number of columns that are present.
  @usableFromInline let count: Int

  @_lifetime(copy bits)
  init(_ bits: RawSpan, of columnCount: Int) {
    self.bits = bits
    var count = 0
    for index in 0..<columnCount where bits[byteAt: index >> 3] & 1 << UInt8(index & 7) != 0 { count += 1 }
    self.count = count
    isComplete = count == columnCount
  }

  @inlinable @inline(__always)
  func contains(_ index: Int) -> Bool {
    isComplete || bits[byteAt: index >> 3] & 1 << UInt8(index & 7) != 0
  }
}
