// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

/// `Statistics`: what a reader may know of a column chunk without reading it.
///
/// | Id | Field | Type |
/// |---|---|---|
/// | 3 | null_count | i64 |
/// | 5 | max_value | binary, PLAIN without length |
/// | 6 | min_value | binary, PLAIN without length |
/// | 7 | is_max_value_exact | bool |
/// | 8 | is_min_value_exact | bool |
///
/// Fields 1 and 2 are an older pair of bounds without a defined order, which is not written.
public struct Statistics: ThriftStruct, Sendable, Equatable {
  /// The smallest and largest value in the column's order, or bounds beyond them that are not exact.
  public struct Bounds: Sendable, Equatable {
    /// The smallest, in PLAIN without length.
    package let min: [UInt8]
    /// The largest.
    package let max: [UInt8]
    package let isMinExact: Bool
    package let isMaxExact: Bool

    package init(min: [UInt8], max: [UInt8], isMinExact: Bool = true, isMaxExact: Bool = true) {
      self.min = min
      self.max = max
      self.isMinExact = isMinExact
      self.isMaxExact = isMaxExact
    }
  }

  package let nullCount: Int
  package let bounds: Bounds?

  package init(nullCount: Int, bounds: Bounds?) {
    self.nullCount = nullCount
    self.bounds = bounds
  }

  package func writeFields(to writer: inout CompactProtocolWriter) {
    writer.field(3, Int64(nullCount))
    guard let bounds else { return }
    writer.field(5, bounds.max)
    writer.field(6, bounds.min)
    writer.field(7, bounds.isMaxExact)
    writer.field(8, bounds.isMinExact)
  }
}
