import Bytes

/// A search for a way to read rows in which temporal columns of the old types have fractions of a second.
///
/// MariaDB with `mysql56_temporal_format` OFF gives TIME(n), DATETIME(n) and TIMESTAMP(n) the type codes of the types
/// without fraction, and no metadata tells n: their values only have more bytes, or fewer. So such a column is known to
/// have no fraction once rows cannot be read in any other way. The true reading of a fraction never fails, so it is found;
/// and where both ways are possible, nobody can tell.
///
/// Its properties are more than twelve because they are the parts of the event that each step reads, and the course of the search.
struct FractionSearch: ~Escapable, ~Copyable {
  /// Where a reading has come to.
  private struct Place {
    /// Bytes read.
    var offset = 0
    /// Images read; a row of an update has two.
    var image = 0
    /// The column that comes next.
    var column = 0
    /// Its number among those that are present.
    var ordinal = 0
    /// Where the image's NULL bitmap lies.
    var nulls = 0
  }

  /// Images beyond these are not looked at: a wrong reading does not get so far.
  private static let imageLimit = 64
  /// Values beyond these are not looked at; the columns then count as ones that may have fractions.
  private static let stepLimit = 200_000
  /// Nor more columns than these.
  private static let columnLimit = 256

  private let table: TablePlan
  private let rows: RawSpan
  private let before: PresentColumns
  private let after: PresentColumns
  private let kind: RowsKind
  /// The columns that may have fractions.
  private let open: Set<Int>
  private var shapes: [Int: OldTemporalShape] = [:]
  private var fractionCount = 0
  private var steps = 0
  /// True if the reading without any fraction came to its end.
  private(set) var plainEnds = false
  /// True if all strings so far looked like text.
  private var looksLikeText = true
  /// True if only readings count whose strings look like text.
  private var demandsText = false
  /// The columns with values in the reading without any fraction.
  private(set) var seen: Set<Int> = []

  /// A search in the `rows` of an event, for fractions in the columns `open`.
  @_lifetime(copy rows, copy before, copy after)
  init(
    _ table: TablePlan, _ rows: RawSpan, _ before: PresentColumns, _ after: PresentColumns, _ kind: RowsKind,
    open: Set<Int>
  ) {
    self.table = table
    self.rows = rows
    self.before = before
    self.after = after
    self.kind = kind
    self.open = open
  }

  /// The first column that has fractions in a reading that is possible; nil where none is.
  ///
  /// Where all strings look like text without fractions, those of a reading with fractions must, too: a wrong one takes
  /// bytes for text that are none.
  @_lifetime(self: copy self)
  mutating func firstFraction() -> Int? {
    var place = Place()
    guard rows.byteCount > 0, begin(&place) else { return nil }
    readWithoutFractions(from: place)
    guard reads(from: place) else { return nil }
    return shapes.filter { $0.value.isFraction }.keys.min() ?? open.min()
  }

  /// Notes which columns have values, and whether the strings look like text, where nothing has fractions.
  @_lifetime(self: copy self)
  private mutating func readWithoutFractions(from start: Place) {
    for column in open { shapes[column] = .plain }
    _ = reads(from: start)
    shapes = [:]
    steps = 0
    demandsText = plainEnds && looksLikeText
  }

  /// True if the rest, from `start` on, can be read so that some column has fractions.
  @_lifetime(self: copy self)
  private mutating func reads(from start: Place) -> Bool {
    var place = start
    while true {
      steps += 1
      guard steps <= Self.stepLimit else { return true }
      guard place.column < table.columns.count else {
        if endsRow(&place) {
          plainEnds = plainEnds || fractionCount == 0
          return fractionCount > 0
        }
        guard begin(&place) else { return false }
        continue
      }
      let column = place.column
      place.column += 1
      guard contains(column, place) else { continue }
      place.ordinal += 1
      guard !isNull(place) else {
        guard table.columns[column].isNullable else { return false }
        continue
      }
      guard !open.contains(column) || shapes[column] != nil else { return branches(column, place) }
      guard let end = end(of: column, at: place.offset, shapes[column] ?? .plain) else { return false }
      place.offset = end
    }
  }

  /// Tries each shape that the value of `column` can have.
  @_lifetime(self: copy self)
  private mutating func branches(_ column: Int, _ place: Place) -> Bool {
    guard shapes.count < Self.columnLimit else { return true }
    let kind = table.columns[column].kind
    let plainEnd = end(of: column, at: place.offset, .plain)
    if plainEnd != nil, fractionCount == 0 { seen.insert(column) }
    for shape in OldTemporalShape.all(of: kind, plainIsPossible: plainEnd != nil) {
      guard let end = shape == .plain ? plainEnd : end(of: column, at: place.offset, shape) else { continue }
      shapes[column] = shape
      fractionCount += shape.isFraction ? 1 : 0
      var next = place
      next.offset = end
      // Without a fraction so far, and with no column left to have one, nothing is to be found.
      if fractionCount > 0 || shapes.count < open.count, reads(from: next) { return true }
      fractionCount -= shape.isFraction ? 1 : 0
    }
    shapes[column] = nil
    return false
  }

  /// Counts the image that ends at `place`; returns whether a row, and all that is looked at, ends with it.
  private func endsRow(_ place: inout Place) -> Bool {
    place.image += 1
    guard place.image % imagesOfARow == 0 else { return false }
    return place.offset == rows.byteCount || place.image >= Self.imageLimit
  }

  private var imagesOfARow: Int { kind.hasBefore && kind.hasAfter ? 2 : 1 }

  private func isBefore(_ place: Place) -> Bool { kind.hasBefore && place.image % imagesOfARow == 0 }

  private func contains(_ column: Int, _ place: Place) -> Bool {
    isBefore(place) ? before.contains(column) : after.contains(column)
  }

  /// Begins the next image: its NULL bitmap, in which the server sets the bits that stand for no column.
  private func begin(_ place: inout Place) -> Bool {
    let count = isBefore(place) ? before.count : after.count
    let byteCount = (count + 7) / 8
    guard rows.byteCount - place.offset >= byteCount else { return false }
    place = Place(offset: place.offset + byteCount, image: place.image, nulls: place.offset)
    guard count % 8 != 0 else { return true }
    return rows[byteAt: place.offset - 1] >> UInt8(count % 8) == 0xFF >> UInt8(count % 8)
  }

  /// True if the value before `place.ordinal` is NULL.
  private func isNull(_ place: Place) -> Bool {
    let ordinal = place.ordinal - 1
    return rows[byteAt: place.nulls + ordinal >> 3] & 1 << UInt8(ordinal & 7) != 0
  }

  /// Where the value of `column` ends that begins at `offset`; nil where no such value can begin there.
  @_lifetime(self: copy self)
  private mutating func end(of column: Int, at offset: Int, _ shape: OldTemporalShape) -> Int? {
    var cursor = ByteCursor(rows, at: offset)
    do throws(DecodeError) {
      guard shape == .plain else { return try shape.matches(&cursor) ? cursor.offset : nil }
      switch table.columns[column].kind {
      case .text, .textOrBinary:
        let text = try string(column, &cursor)
        if looksLikeText || demandsText, !text.looksLikeText {
          guard !demandsText else { return nil }
          looksLikeText = false
        }
      case .binary, .compressed, .json, .geometry, .vector, .uuid, .inet4, .inet6: _ = try string(column, &cursor)
      default:
        var budget = InflationBudget(limit: 0)
        var counter = RowCounter()
        try Value.visit(column, table, &cursor, &budget, &counter)
      }
      return cursor.offset
    } catch {
      return nil
    }
  }

  @_lifetime(copy cursor)
  private func string(_ column: Int, _ cursor: inout ByteCursor) throws(DecodeError) -> RawSpan {
    let count = try cursor.uint(bytes: Int(table.columns[column].width), "string length")
    return try cursor.bytes(Int(count), "string")
  }
}

extension RawSpan {
  /// True if the bytes are UTF-8 without control characters, but for tabs and line breaks.
  fileprivate var looksLikeText: Bool {
    for offset in 0..<byteCount {
      let byte = self[byteAt: offset]
      if byte < 0x20, byte != 0x09, byte != 0x0A, byte != 0x0D { return false }
    }
    return isWellFormedUTF8
  }
}
