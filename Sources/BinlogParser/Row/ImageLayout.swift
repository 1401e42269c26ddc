import Bytes

/// Places of a row image's values in its event, by column: what two images of a row are compared by before any value is decoded.
public struct ImageLayout: Sendable {
  /// Presence of a column in an image.
  public enum State: UInt8, Sendable, BitwiseCopyable {
    /// The image does not hold the column.
    case absent
    case null
    case value
    /// Changes to a JSON document.
    case diffs
  }

  @usableFromInline struct Place: Sendable, BitwiseCopyable {
    @usableFromInline var start: Int32
    @usableFromInline var end: Int32
    @usableFromInline var state: State

    @inlinable
    init(_ state: State, _ start: Int, _ end: Int) {
      self.state = state
      self.start = Int32(truncatingIfNeeded: start)
      self.end = Int32(truncatingIfNeeded: end)
    }
  }

  @usableFromInline var places: ContiguousArray<Place> = []

  /// A layout of no columns.
  public init() {}

  /// Presence of the column `index`.
  @inlinable
  public func state(_ index: Int) -> State { places[index].state }

  @inlinable
  mutating func begin(_ columnCount: Int) {
    places.removeAll(keepingCapacity: true)
    places.reserveCapacity(columnCount)
  }
}

extension RowCursor {
  /// Measures the images of the next row and moves behind it: `visit` then shows its columns one by one, in any order.
  ///
  /// - Parameters:
  ///   - before: becomes the layout of the before image; without columns where the event has none.
  ///   - after: becomes the layout of the after image, likewise.
  /// - Throws: `BinlogError` with the column whose value is cut.
  @inlinable @_lifetime(self: copy self)
  public mutating func measureRow(_ before: inout ImageLayout, _ after: inout ImageLayout) throws(BinlogError) {
    before.begin(table.columns.count)
    after.begin(table.columns.count)
    if kind.hasBefore { try measure(self.before, .before, &before) }
    if kind.hasAfter { try measure(self.after, .after, &after) }
    holdsEmptyRow = false
  }

  @inlinable @_lifetime(self: copy self)
  mutating func measure(
    _ present: borrowing PresentColumns, _ side: Side, _ layout: inout ImageLayout
  ) throws(BinlogError) {
    var index = 0
    do throws(DecodeError) {
      if isPartial, side == .before { documents.removeAll(keepingCapacity: true) }
      let partial = isPartial && side == .after ? try partialColumns() : rows.extracting(first: 0)
      let nulls = try cursor.bytes((present.count + 7) / 8, "NULL bitmap")
      var ordinal = 0
      var document = 0
      while index < table.columns.count {
        let isDocument = isPartial && table.columns[index].type == .json
        let start = cursor.offset
        var state = ImageLayout.State.absent
        if present.contains(index) {
          state = .value
          if nulls[byteAt: ordinal >> 3] & 1 << UInt8(ordinal & 7) != 0 {
            guard table.columns[index].isNullable else {
              throw DecodeError(.invalid, at: cursor.offset, "NULL in a NOT NULL column")
            }
            state = .null
          } else {
            if isDocument, partial.byteCount > 0, partial[byteAt: document >> 3] & 1 << UInt8(document & 7) != 0 {
              state = .diffs
            }
            try Value.skip(index, table, &cursor)
            if isDocument, side == .before { documents[index] = start..<cursor.offset }
          }
          ordinal &+= 1
        }
        layout.places.append(ImageLayout.Place(state, start, cursor.offset))
        if isDocument { document &+= 1 }
        index &+= 1
      }
    } catch {
      throw BinlogError(cause(of: error, column: index)).located(table, index)
    }
  }

  /// Shows the column `index` of the image of `layout`, which is of the row that was measured last; nothing where it is absent.
  ///
  /// - Throws: `BinlogError` with the column where its value cannot be read.
  @inlinable @_lifetime(self: copy self)
  public mutating func visit<V: ColumnVisitor & ~Copyable>(
    _ index: Int, _ layout: borrowing ImageLayout, _ visitor: inout V
  ) throws(BinlogError) {
    let place = layout.places[index]
    guard place.state != .absent else { return }
    visitor.column(index, table)
    guard place.state != .null else { return visitor.null() }
    do throws(DecodeError) {
      guard place.state == .value else { return try visitDiffs(index, at: Int(place.start), &visitor) }
      var value = ByteCursor(rows, at: Int(place.start))
      try Value.visit(index, table, &value, &budget, &visitor)
    } catch {
      throw BinlogError(cause(of: error, column: index)).located(table, index)
    }
  }

  @usableFromInline @_lifetime(self: copy self)
  mutating func visitDiffs<V: ColumnVisitor & ~Copyable>(
    _ index: Int, at start: Int, _ visitor: inout V
  ) throws(DecodeError) {
    let end = cursor.offset
    cursor = ByteCursor(rows, at: start)
    try visitDiffs(index, &visitor)
    cursor = ByteCursor(rows, at: end)
  }

  /// Says whether the column `index` has other bytes in one image than in the other, or is NULL in one of them. Changes to a
  /// document are a difference.
  @inlinable
  public func differs(_ index: Int, _ before: borrowing ImageLayout, _ after: borrowing ImageLayout) -> Bool {
    let (old, new) = (before.places[index], after.places[index])
    guard old.state == new.state else { return true }
    guard old.state == .value else { return old.state == .diffs }
    guard old.end &- old.start == new.end &- new.start else { return true }
    return !rows.extracting(Int(old.start)..<Int(old.end)).isEqual(to: rows.extracting(Int(new.start)..<Int(new.end)))
  }
}

extension Value {
  /// Passes over the value of the column `index` of `table`.
  ///
  /// - Throws: `DecodeError` where it is cut, or of an unsupported type.
  @inlinable @inline(__always) @_lifetime(cursor: copy cursor)
  static func skip(_ index: Int, _ table: TablePlan, _ cursor: inout ByteCursor) throws(DecodeError) {
    let columns = table.columns
    let width = Int(columns[index].width)
    switch columns[index].kind {
    case .int8, .uint8, .year: try cursor.skip(1, "value")
    case .int16, .uint16: try cursor.skip(2, "value")
    case .int24, .uint24, .date, .oldTime: try cursor.skip(3, "value")
    case .int32, .uint32, .float, .oldTimestamp: try cursor.skip(4, "value")
    case .int64, .uint64, .double, .oldDateTime: try cursor.skip(8, "value")
    case .decimal: try cursor.skip(columns[index].decimal?.byteCount ?? 0, "DECIMAL")
    case .enumeration, .set, .bit: try cursor.skip(width, "value")
    case .dateTime: try cursor.skip(5 &+ (width &+ 1) / 2, "DATETIME")
    case .timestamp: try cursor.skip(4 &+ (width &+ 1) / 2, "TIMESTAMP")
    case .time: try cursor.skip(3 &+ (width &+ 1) / 2, "TIME")
    case .text, .binary, .textOrBinary, .compressed, .json, .geometry, .vector, .uuid, .inet4, .inet6:
      _ = try string(columns[index].width, &cursor)
    case .unsupported: throw DecodeError(.unsupported, at: cursor.offset, "column type")
    }
  }
}
