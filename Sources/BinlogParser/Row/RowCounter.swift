import Bytes

/// A visitor that keeps nothing: for walking over images whose values nobody wants.
struct RowCounter: ColumnVisitor {
  mutating func beginImage() {}
  mutating func endImage() {}
  mutating func column(_ index: Int, _ table: TablePlan) {}
  mutating func null() {}
  mutating func signed(_ value: Int64) {}
  mutating func unsigned(_ value: UInt64) {}
  mutating func float(_ value: Float) {}
  mutating func double(_ value: Double) {}
  mutating func decimal(_ digits: RawSpan, _ type: NewDecimal) {}
  mutating func date(_ value: CivilDate) {}
  mutating func dateTime(_ value: CivilDateTime, fractionDigits: Int) {}
  mutating func timestamp(_ value: Timestamp, fractionDigits: Int) {}
  mutating func time(_ value: Time, fractionDigits: Int) {}
  mutating func text(_ bytes: RawSpan, _ characterSet: CharacterSet) {}
  mutating func textOrBinary(_ bytes: RawSpan) {}
  mutating func binary(_ bytes: RawSpan, paddedCount: Int) {}
  mutating func enumeration(_ index: UInt64, _ labels: Range<Int>, _ table: TablePlan) {}
  mutating func set(_ mask: UInt64, _ labels: Range<Int>, _ table: TablePlan) {}
  mutating func json(_ document: RawSpan) {}
  mutating func json(diffs: RawSpan) {}
  mutating func json(diffs: RawSpan, at offset: Int, appliedTo document: RawSpan, at documentOffset: Int) {}
  mutating func vector(_ floats: RawSpan) {}
  mutating func uuid(_ bytes: InlineArray<16, UInt8>) {}
  mutating func inet4(_ bytes: InlineArray<16, UInt8>) {}
  mutating func inet6(_ bytes: InlineArray<16, UInt8>) {}
}
