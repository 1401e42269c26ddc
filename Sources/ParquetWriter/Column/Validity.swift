/// Which rows of a column hold a value and which are null, as alternating runs.
///
/// Rows come in long runs of one kind, since the rows of one event are all inserts, updates or deletes.
public struct Validity: ~Copyable, Sendable {
  /// Rows so far.
  @usableFromInline package var rowCount = 0
  /// Nulls among them.
  @usableFromInline package var nullCount = 0
  /// Where each finished run ends. Runs at even places hold values, and the first one can be empty.
  @usableFromInline var runEnds: [Int] = []
  /// True if the run that is not finished yet holds values.
  @usableFromInline var isInValues = true

  @inlinable package init() {}

  /// Rows that hold a value.
  @inlinable package var valueCount: Int { rowCount &- nullCount }

  /// Adds `count` rows that hold a value.
  @inlinable
  package mutating func appendValues(_ count: Int = 1) {
    if !isInValues { endRun() }
    rowCount &+= count
  }

  /// Adds a null.
  @inlinable
  package mutating func appendNull() {
    if isInValues { endRun() }
    rowCount &+= 1
    nullCount &+= 1
  }

  @usableFromInline
  mutating func endRun() {
    runEnds.append(rowCount)
    isInValues.toggle()
  }

  /// Forgets all rows; the memory stays.
  package mutating func removeAll() {
    rowCount = 0
    nullCount = 0
    runEnds.removeAll(keepingCapacity: true)
    isInValues = true
  }

  /// Calls `body` for each run within `rows`, in order, with its kind and its number of rows.
  package func forEachRun(in rows: Range<Int>, _ body: (_ isValid: Bool, _ count: Int) -> Void) {
    var run = runEnds.partitioningIndex { $0 > rows.lowerBound }
    var start = rows.lowerBound
    while start < rows.upperBound {
      let end = min(run < runEnds.count ? runEnds[run] : rowCount, rows.upperBound)
      if end > start { body(run.isMultiple(of: 2), end - start) }
      start = max(start, end)
      run += 1
    }
  }

  /// Number of those of `rows` that hold a value.
  package func valueCount(in rows: Range<Int>) -> Int {
    guard nullCount > 0 else { return rows.count }
    var count = 0
    forEachRun(in: rows) { isValid, length in if isValid { count += length } }
    return count
  }

  /// All rows in pages of `rowLimit` rows.
  func pages(rowLimit: Int) -> [PageRange] {
    var pages: [PageRange] = []
    var row = 0
    var value = 0
    while row < rowCount {
      let end = min(rowCount, row + rowLimit)
      let count = valueCount(in: row..<end)
      pages.append(PageRange(rows: row..<end, values: value..<value + count))
      row = end
      value += count
    }
    return pages
  }
}
