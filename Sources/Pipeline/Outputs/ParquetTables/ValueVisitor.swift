import BinlogParser
import Bytes
import ParquetWriter

/// Appends the values of row images to the columns of a table, as bytes of the event become bytes of a page.
///
/// What a column's type cannot hold becomes null, and stands as text in `unheld`.
struct ValueVisitor: ~Copyable, ColumnVisitor {
  /// The columns.
  var columns: ValueColumns
  /// Members of a JSON object, each behind a comma: the values of the row that their columns' types cannot hold.
  var unheld = OutputBuffer(capacity: 64)
  /// A value that no page can hold.
  private(set) var failure: ParquetError?
  /// Keys of the members, by column.
  private let keys: [[UInt8]]
  private var column = 0
  private var slot: ValueColumns.Slot

  /// A visitor of tables with columns of `types` and, in files, these `names`.
  init(_ names: [String], _ types: [DatasetType]) {
    columns = ValueColumns(types)
    keys = names.map { name in
      var key = OutputBuffer(capacity: name.utf8.count + 8)
      key.append(UInt8(ascii: ","))
      key.append(jsonString: OutputBuffer(utf8: name).bytes)
      key.append(UInt8(ascii: ":"))
      return key.array
    }
    slot = ValueColumns.Slot(storage: .bytes, index: 0)
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
    if let days = value.daysSinceEpoch { return columns.int32s[slot.index].append(days) }
    keep { value.append(to: &$0) }
  }

  mutating func dateTime(_ value: CivilDateTime, fractionDigits: Int) {
    if let microseconds = value.microsecondsSinceEpoch { return columns.int64s[slot.index].append(microseconds) }
    keep { value.append(to: &$0, fractionDigits: fractionDigits) }
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
    value {
      $0.append(bytes)
      $0.append(repeating: 0, count: paddedCount - bytes.byteCount)
    }
  }

  mutating func enumeration(_ index: UInt64, _ labels: Range<Int>, _ table: TablePlan) {
    value { table.appendLabel(index, labels, to: &$0) }
  }

  mutating func set(_ mask: UInt64, _ labels: Range<Int>, _ table: TablePlan) {
    value { table.appendLabels(mask, labels, to: &$0) }
  }

  mutating func json(_ document: RawSpan) throws(DecodeError) {
    try value { buffer throws(DecodeError) in try JSONBinary.append(document, to: &buffer) }
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
    var cursor = ByteCursor(floats)
    columns.lists[slot.index].beginRow()
    while !cursor.isAtEnd {
      columns.lists[slot.index].append(Float(bitPattern: try cursor.uint32("VECTOR entry")))
    }
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
    unheld.append(contentsOf: keys[column])
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
