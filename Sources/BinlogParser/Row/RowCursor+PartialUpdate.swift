import Bytes

/// The images of PARTIAL_UPDATE_ROWS. A before image is an ordinary one; an after image is
///
///     int<lenenc>    value options  1: the next field is there
///     byte<(j+7)/8>  a bit for each of the table's j JSON columns, present or not: the value is a run of diffs
///     byte<(p+7)/8>  a bit for each of the p columns that are present: the value is NULL
///     …              the other present columns' values, in order
///
/// Diffs lie in the place of the document, after its length. They are made to the document of the before image; where that
/// has none, they are shown as they are.
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Rows__event.html>.
extension RowCursor {
  /// The only value option there is.
  private static var partialJSONUpdates: UInt64 { 1 }

  /// Shows the columns of one image to `visitor`, and leaves in `index` the column at which it failed.
  @inlinable @_lifetime(self: copy self)
  mutating func visitPartial<V: ColumnVisitor & ~Copyable>(
    _ present: borrowing PresentColumns, _ side: Side, _ visitor: inout V, _ index: inout Int
  ) throws(DecodeError) {
    if side == .before { documents.removeAll(keepingCapacity: true) }
    let partial = side == .after ? try partialColumns() : rows.extracting(first: 0)
    let nulls = try cursor.bytes((present.count + 7) / 8, "NULL bitmap")
    let table = table
    visitor.beginImage()
    var ordinal = 0
    var document = 0
    while index < table.columns.count {
      let isDocument = table.columns[index].type == .json
      if present.contains(index) {
        visitor.column(index, table)
        if nulls[byteAt: ordinal >> 3] & 1 << UInt8(ordinal & 7) != 0 {
          try null(index, &visitor)
        } else if isDocument, partial.byteCount > 0, partial[byteAt: document >> 3] & 1 << UInt8(document & 7) != 0 {
          try visitDiffs(index, &visitor)
        } else {
          let start = cursor.offset
          try Value.visit(index, table, &cursor, &budget, &visitor)
          if isDocument, side == .before { documents[index] = start..<cursor.offset }
        }
        ordinal += 1
      }
      if isDocument { document += 1 }
      index += 1
    }
    visitor.endImage()
  }

  /// The bits that tell diffs from documents, or no bytes where there are only documents.
  @usableFromInline @_lifetime(copy self)
  mutating func partialColumns() throws(DecodeError) -> RawSpan {
    let offset = cursor.offset
    let options = try cursor.lenencInteger("value options")
    guard options & ~Self.partialJSONUpdates == 0 else {
      throw DecodeError(.unsupported, at: offset, "value options")
    }
    guard options != 0 else { return rows.extracting(first: 0) }
    return try cursor.bytes((table.columns.count { $0.type == .json } + 7) / 8, "partial JSON columns")
  }

  @inlinable @_lifetime(self: copy self)
  mutating func visitDiffs<V: ColumnVisitor & ~Copyable>(
    _ index: Int, _ visitor: inout V
  ) throws(DecodeError) {
    let width = Int(table.columns[index].width)
    let count = Int(try cursor.uint(bytes: width, "JSON diffs' length"))
    let offset = cursor.offset
    let diffs = try cursor.bytes(count, "JSON diffs")
    guard let document = documents[index] else {
      do { return try visitor.json(diffs: diffs) } catch { throw error.shifted(by: offset) }
    }
    let start = document.lowerBound + width
    try visitor.json(
      diffs: diffs, at: offset, appliedTo: rows.extracting(start..<document.upperBound), at: start)
  }
}
