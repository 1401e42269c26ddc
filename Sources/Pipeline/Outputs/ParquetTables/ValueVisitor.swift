import BinlogParser
import Bytes
import ParquetWriter

/// Appends the values of row images to the columns of a table, as bytes of the event become bytes of a page.
///
/// A value that its column's type cannot hold becomes null, and stands as text in `unheld`.
struct ValueVisitor: ~Copyable, ColumnVisitor {
  /// The columns.
  var columns: ValueColumns
  /// Members of a JSON object, each behind a comma: the values of the row that their columns' types cannot hold.
  private var unheld = OutputBuffer(capacity: 16)
  /// A value that no page can hold.
  private var failure: ParquetError?
  private let layout: TableLayout
  /// A day, and its number.
  private var lastDay = (date: CivilDate(daysSinceEpoch: 0), number: Int32(0))
  private var jsonKeys = JSONKeys()
  private var column = 0
  private var slot = ValueColumns.Slot(storage: .bytes, index: 0)

  /// A visitor of rows of `layout`.
  init(_ layout: TableLayout) {
    self.layout = layout
    columns = ValueColumns(layout.columns.map(\.type))
  }

  /// Adds a null to a column that the image lacks.
  mutating func absent(_ index: Int) { columns.appendNull(columns.slots[index]) }

  /// Ends a row, and adds to `raw` what its columns' types cannot hold.
  ///
  /// - Throws: `ParquetError` for a row with a value that no page can hold.
  @inline(__always)
  mutating func endRow(_ raw: inout ByteArrayColumn) throws(ParquetError) {
    if let failure { throw failure }
    if unheld.isEmpty { raw.appendNull() } else { try endRowWithUnheld(&raw) }
  }

  private mutating func endRowWithUnheld(_ raw: inout ByteArrayColumn) throws(ParquetError) {
    unheld.overwriteLittleEndian(UInt8(ascii: "{"), at: 0)
    unheld.append(UInt8(ascii: "}"))
    try raw.append(unheld.bytes)
    unheld.removeAll()
  }

  mutating func beginImage() {}
  mutating func endImage() {}

  @inline(__always)
  mutating func column(_ index: Int, _ table: TablePlan) {
    column = index
    slot = columns.slots[index]
  }

  mutating func null() { columns.appendNull(slot) }

  @inline(__always)
  mutating func signed(_ value: Int64) { columns.int64s[slot.index].append(value) }

  mutating func unsigned(_ value: UInt64) {
    switch slot.storage {
    case .booleans: columns.booleans[slot.index].append(value != 0)
    case .int128s: columns.int128s[slot.index].append(Int128(value))
    default: columns.int64s[slot.index].append(Int64(bitPattern: value))
    }
  }

  mutating func float(_ value: Float) { columns.floats[slot.index].append(value) }
  mutating func double(_ value: Double) { columns.doubles[slot.index].append(value) }

  mutating func decimal(_ digits: RawSpan, _ type: NewDecimal) throws(DecodeError) {
    switch slot.storage {
    case .int64s: columns.int64s[slot.index].append(try type.int64(digits))
    case .int128s: columns.int128s[slot.index].append(try type.int128(digits))
    default: try value { buffer throws(DecodeError) in try type.append(digits, to: &buffer) }
    }
  }

  mutating func date(_ value: CivilDate) {
    if let days = days(of: value) { return columns.int32s[slot.index].append(days) }
    keep { value.append(to: &$0) }
  }

  mutating func dateTime(_ value: CivilDateTime, fractionDigits: Int) {
    if let days = days(of: value.date) {
      return columns.int64s[slot.index].append(value.microseconds(onDay: days))
    }
    keep { value.append(to: &$0, fractionDigits: fractionDigits) }
  }

  /// `daysSinceEpoch`, which neighbours share.
  @inline(__always)
  private mutating func days(of date: CivilDate) -> Int32? {
    if date == lastDay.date { return lastDay.number }
    guard let number = date.daysSinceEpoch else { return nil }
    lastDay = (date, number)
    return number
  }

  mutating func timestamp(_ value: Timestamp, fractionDigits: Int) {
    if let microseconds = value.microsecondsSinceEpoch { return columns.int64s[slot.index].append(microseconds) }
    keep { value.append(to: &$0, fractionDigits: fractionDigits) }
  }

  mutating func time(_ value: Time, fractionDigits: Int) {
    self.value { value.append(to: &$0, fractionDigits: fractionDigits) }
  }

  mutating func text(_ bytes: RawSpan, _ characterSet: CharacterSet) {
    columns.bytes[slot.index].beginValue()
    guard columns.bytes[slot.index].values.append(utf8Of: bytes, from: characterSet) else {
      columns.bytes[slot.index].cancelValue()
      return keep { $0.append(binary: bytes) }
    }
    endValue()
  }

  mutating func textOrBinary(_ bytes: RawSpan) { text(bytes, .utf8mb4) }

  mutating func binary(_ bytes: RawSpan, paddedCount: Int) {
    guard !layout.geometries.contains(column) else { return geometry(bytes) }
    // A server that calls a VARBINARY a VECTOR may do so of older rows, too.
    guard slot.storage == .bytes else { return keep { $0.append(binary: bytes) } }
    value {
      $0.append(bytes)
      $0.append(repeating: 0, count: paddedCount - bytes.byteCount)
    }
  }

  private mutating func geometry(_ bytes: RawSpan) {
    guard let shape = Geometry(bytes) else { return keep { $0.append(binary: bytes) } }
    value { shape.append(to: &$0) }
  }

  mutating func enumeration(_ index: UInt64, _ labels: Range<Int>, _ table: TablePlan) {
    value { table.appendLabel(index, labels, to: &$0) }
  }

  mutating func set(_ mask: UInt64, _ labels: Range<Int>, _ table: TablePlan) {
    value { table.appendLabels(mask, labels, to: &$0) }
  }

  mutating func json(_ document: RawSpan) throws(DecodeError) {
    columns.bytes[slot.index].beginValue()
    try JSONBinary.append(document, &jsonKeys, to: &columns.bytes[slot.index].values)
    endValue()
  }

  mutating func json(diffs: RawSpan) throws(DecodeError) {
    var text = OutputBuffer(capacity: diffs.byteCount)
    try JSONDiffs.append(diffs, to: &text)
    keep { $0.append(text.bytes) }
  }

  mutating func json(
    diffs: RawSpan, at offset: Int, appliedTo document: RawSpan, at documentOffset: Int
  ) throws(DecodeError) {
    try value { buffer throws(DecodeError) in
      try JSONDiffs.append(diffs, at: offset, appliedTo: document, at: documentOffset, to: &buffer)
    }
  }

  mutating func vector(_ floats: RawSpan) throws(DecodeError) {
    guard floats.byteCount.isMultiple(of: 4) else {
      throw DecodeError(.truncated, at: floats.byteCount / 4 * 4, "VECTOR entry")
    }
    columns.lists[slot.index].append(floats)
  }

  mutating func uuid(_ bytes: InlineArray<16, UInt8>) { value { $0.append(uuid: bytes) } }
  mutating func inet4(_ bytes: InlineArray<16, UInt8>) { value { $0.append(inet4: bytes, at: 0) } }
  mutating func inet6(_ bytes: InlineArray<16, UInt8>) { value { $0.append(inet6: bytes) } }

  /// Appends the value that `body` writes.
  @inline(__always)
  private mutating func value(
    _ body: (inout OutputBuffer) throws(DecodeError) -> Void
  ) throws(DecodeError) {
    columns.bytes[slot.index].beginValue()
    try body(&columns.bytes[slot.index].values)
    endValue()
  }

  @inline(__always)
  private mutating func value(_ body: (inout OutputBuffer) -> Void) {
    columns.bytes[slot.index].beginValue()
    body(&columns.bytes[slot.index].values)
    endValue()
  }

  @inline(__always)
  private mutating func endValue() {
    do throws(ParquetError) { try columns.bytes[slot.index].endValue() } catch { failure = error }
  }

  /// Keeps what `body` writes beside the columns, and appends a null.
  private mutating func keep(_ body: (inout OutputBuffer) -> Void) {
    columns.appendNull(slot)
    var text = OutputBuffer(capacity: 64)
    body(&text)
    unheld.append(contentsOf: layout.jsonKeys[column])
    unheld.append(jsonString: text.bytes)
  }
}

extension OutputBuffer {
  /// Appends `0x` and hexadecimal digits.
  fileprivate mutating func append(binary bytes: RawSpan) {
    append("0x")
    append(hex: bytes)
  }
}

/// A GEOMETRY value, as servers keep it:
///
///     int<4>   SRID
///     int<1>   byte order, 1: the least significant byte comes first
///     int<4>   type of the shape
///     …        its coordinates
///
/// See <https://dev.mysql.com/doc/refman/en/gis-data-formats.html>.
private struct Geometry: ~Escapable {
  private let srid: UInt32
  private let type: UInt32
  private let coordinates: RawSpan

  /// The flag of PostGIS in a type behind which the SRID follows.
  private static var hasSRID: UInt32 { 0x2000_0000 }

  /// Reads the fields before the coordinates; nil where the value is no such thing.
  @_lifetime(copy bytes)
  init?(_ bytes: RawSpan) {
    var cursor = ByteCursor(bytes)
    guard let srid = try? cursor.uint32("SRID"), let order = try? cursor.uint8("byte order"), order == 1,
      let type = try? cursor.uint32("type")
    else { return nil }
    self.srid = srid
    self.type = type
    coordinates = cursor.rest()
  }

  /// Appends it as WKB, or as EWKB where it has an SRID.
  func append(to buffer: inout OutputBuffer) {
    buffer.append(1)
    buffer.appendLittleEndian(srid == 0 ? type : type | Self.hasSRID)
    if srid != 0 { buffer.appendLittleEndian(srid) }
    buffer.append(coordinates)
  }
}
