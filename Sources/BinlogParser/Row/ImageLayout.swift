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
    guard places.count != columnCount else { return }
    places = ContiguousArray(repeating: Place(.absent, 0, 0), count: columnCount)
  }
}

extension ImageLayout {
  /// Makes all columns absent.
  @usableFromInline
  mutating func clear() {
    for index in places.indices { places[index].state = .absent }
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
    if kind.hasBefore { try measure(self.before, .before, &before) } else { before.clear() }
    if kind.hasAfter { try measure(self.after, .after, &after) } else { after.clear() }
    holdsEmptyRow = false
  }

  @usableFromInline @_lifetime(self: copy self)
  mutating func measure(
    _ present: borrowing PresentColumns, _ side: Side, _ layout: inout ImageLayout
  ) throws(BinlogError) {
    var index = 0
    do throws(DecodeError) {
      if isPartial, side == .before { documents.removeAll(keepingCapacity: true) }
      let partial = isPartial && side == .after ? try partialColumns() : rows.extracting(first: 0)
      let nulls = try cursor.bytes((present.count + 7) / 8, "NULL bitmap")
      var places = layout.places.mutableSpan
      var ordinal = 0
      var document = 0
      while index < places.count {
        let start = cursor.offset
        var state = ImageLayout.State.absent
        if present.contains(index) {
          state = nulls[byteAt: ordinal >> 3] & 1 << UInt8(ordinal & 7) == 0 ? .value : .null
          ordinal &+= 1
          if state == .value { try Value.skip(index, table, &cursor) } else { try checkNull(index) }
        }
        if isPartial, table.columns[index].type == .json {
          if state == .value, partial.byteCount > 0, partial[byteAt: document >> 3] & 1 << UInt8(document & 7) != 0 {
            state = .diffs
          }
          if state == .value, side == .before { documents[index] = start..<cursor.offset }
          document &+= 1
        }
        places[index] = ImageLayout.Place(state, start, cursor.offset)
        index &+= 1
      }
    } catch {
      throw BinlogError(cause(of: error, column: index)).located(table, index)
    }
  }

  private func checkNull(_ index: Int) throws(DecodeError) {
    guard table.columns[index].isNullable else {
      throw DecodeError(.invalid, at: cursor.offset, "NULL in a NOT NULL column")
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
    let count = table.columns[index].byteCount
    if count >= 0 { return try cursor.skip(Int(count), "value") }
    guard count == -1 else { throw DecodeError(.unsupported, at: cursor.offset, "column type") }
    _ = try string(table.columns[index].width, &cursor)
  }
}
