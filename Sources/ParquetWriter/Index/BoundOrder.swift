// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift (ColumnOrder)

extension ColumnDescriptor {
  /// Joins the bounds of `pages` to those of all of them; nil where a page has values and no bounds.
  func joined(_ bounds: [Statistics.Bounds?], of pages: [PageRange]) -> Statistics.Bounds? {
    var joined: Statistics.Bounds?
    for (page, bounds) in zip(pages, bounds) where !page.values.isEmpty {
      guard let bounds else { return nil }
      joined = joined.map { self.joined($0, bounds) } ?? bounds
    }
    return joined
  }

  /// The bounds of the values of `one` and of `other` together.
  func joined(_ one: Statistics.Bounds, _ other: Statistics.Bounds) -> Statistics.Bounds {
    let lower = precedes(other.min, one.min) ? other : one
    let upper = precedes(one.max, other.max) ? other : one
    return Statistics.Bounds(
      min: lower.min, max: upper.max, isMinExact: lower.isMinExact, isMaxExact: upper.isMaxExact)
  }

  /// True if the bound `first` comes before `second` in the order of the column.
  func precedes(_ first: [UInt8], _ second: [UInt8]) -> Bool {
    switch type {
    case .boolean, .byteArray: first.lexicographicallyPrecedes(second)
    case .int32, .int64: number(first) < number(second)
    case .float: Float(bitPattern: UInt32(littleEndian: first)) < Float(bitPattern: UInt32(littleEndian: second))
    case .double: Double(bitPattern: UInt64(littleEndian: first)) < Double(bitPattern: UInt64(littleEndian: second))
    case .fixedLenByteArray: signed(first).lexicographicallyPrecedes(signed(second))
    }
  }

  private func number(_ bytes: [UInt8]) -> Int128 {
    let bits = UInt64(littleEndian: bytes)
    if logicalType?.isUnsignedInteger ?? false { return Int128(bits) }
    return type == .int32 ? Int128(Int32(truncatingIfNeeded: bits)) : Int128(Int64(bitPattern: bits))
  }

  /// Signed numbers with their sign turned over, so that they compare as bytes.
  private func signed(_ bytes: [UInt8]) -> [UInt8] {
    guard logicalType?.isDecimal ?? false, let first = bytes.first else { return bytes }
    return [first ^ 0x80] + bytes.dropFirst()
  }
}

extension FixedWidthInteger {
  fileprivate init(littleEndian bytes: [UInt8]) {
    self = bytes.reversed().reduce(0) { $0 << 8 | Self($1) }
  }
}
