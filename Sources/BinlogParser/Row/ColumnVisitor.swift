import Bytes

/// What to do with the values of a row image, one by one, as they are read.
///
/// The one row decoder (`RowCursor`) is generic over it and is specialised for each visitor, so that a value goes from
/// the event's bytes to its final form without an object between. Values arrive in column order; columns that are absent
/// from the image do not arrive.
public protocol ColumnVisitor: ~Copyable {
  mutating func beginImage()
  mutating func endImage()
  /// Comes before each value: the column's number.
  mutating func column(_ index: Int, _ table: TablePlan)

  mutating func null()
  mutating func signed(_ value: Int64)
  mutating func unsigned(_ value: UInt64)
  mutating func float(_ value: Float)
  mutating func double(_ value: Double)
  mutating func decimal(_ digits: RawSpan, _ type: NewDecimal) throws(DecodeError)
  mutating func date(_ value: CivilDate)
  mutating func dateTime(_ value: CivilDateTime, fractionDigits: Int)
  mutating func timestamp(_ value: Timestamp, fractionDigits: Int)
  mutating func time(_ value: Time, fractionDigits: Int)
  mutating func text(_ bytes: RawSpan, _ characterSet: CharacterSet)
  /// Bytes of which nobody said whether they are text.
  mutating func textOrBinary(_ bytes: RawSpan)
  mutating func binary(_ bytes: RawSpan, paddedCount: Int)
  /// The first of the `labels` among those of `table` has the index 1.
  mutating func enumeration(_ index: UInt64, _ labels: Range<Int>, _ table: TablePlan)
  mutating func set(_ mask: UInt64, _ labels: Range<Int>, _ table: TablePlan)
  mutating func json(_ document: RawSpan) throws(DecodeError)
  /// What was done to a document that is not known.
  mutating func json(diffs: RawSpan) throws(DecodeError)
  /// A document, and what was done to it. Errors count from where `diffs` lies at `offset`, and `document` at its own.
  mutating func json(
    diffs: RawSpan, at offset: Int, appliedTo document: RawSpan, at documentOffset: Int
  ) throws(DecodeError)
  mutating func vector(_ floats: RawSpan) throws(DecodeError)
  mutating func uuid(_ bytes: InlineArray<16, UInt8>)
  /// The first four of the bytes.
  mutating func inet4(_ bytes: InlineArray<16, UInt8>)
  mutating func inet6(_ bytes: InlineArray<16, UInt8>)
}
