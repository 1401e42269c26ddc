import Bytes

extension PlainValues {
  /// The distinct values and an index for each value; nil as soon as that is no longer smaller than PLAIN.
  ///
  /// An open-addressing hash table of at most twice as many slots as there can be entries.
  @_specialize(where Value == Int32)
  @_specialize(where Value == Int64)
  @_specialize(where Value == Float)
  @_specialize(where Value == Double)
  package func dictionary(limit: Int, givesUpEarly: Bool = false) -> ColumnChunkPlan.Dictionary? {
    let size = MemoryLayout<Value.Bits>.size
    let slotCount = (2 * max(1, min(count, limit / size))).nextPowerOf2
    var slots = [UInt32](repeating: 0, count: slotCount)
    var entries: [Value.Bits] = []
    var indices: [UInt32] = []
    indices.reserveCapacity(count)
    for position in 0..<count {
      let value = self[position]
      if givesUpEarly, position == DictionaryTrial.valueCount,
        DictionaryTrial.isHopeless(entryCount: entries.count, mostEntries: min(count * 2 / 3, limit / size))
      {
        return nil
      }
      if position > 0, value == self[position - 1] {
        indices.append(indices[position - 1])
        continue
      }
      var slot = Int(truncatingIfNeeded: Self.hash(value)) & (slotCount - 1)
      while slots[slot] != 0, entries[Int(slots[slot]) - 1] != value { slot = (slot + 1) & (slotCount - 1) }
      if slots[slot] == 0 {
        entries.append(value)
        slots[slot] = UInt32(entries.count)
        let indexBytes = (count * RLEDictionary.bitWidth(entries: entries.count) + 7) / 8
        let pays = entries.count * size <= limit && entries.count * size + indexBytes < count * size
        guard pays else { return nil }
      }
      indices.append(slots[slot] - 1)
    }
    guard !entries.isEmpty else { return nil }
    var bytes = OutputBuffer(capacity: entries.count * size)
    for entry in entries { bytes.appendLittleEndian(entry) }
    return ColumnChunkPlan.Dictionary(entries: bytes.array, entryCount: entries.count, indices: indices)
  }

  /// Spreads neighbouring values over the table: the top half of a multiplication by the golden ratio.
  private static func hash(_ value: Value.Bits) -> UInt64 {
    let product = UInt64(truncatingIfNeeded: value).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low >> 32
  }

  /// The smallest and the largest value; nil where there is none.
  @_specialize(where Value == Int32)
  @_specialize(where Value == Int64)
  @_specialize(where Value == Float)
  @_specialize(where Value == Double)
  package func bounds(isUnsigned: Bool) -> Statistics.Bounds? {
    var smallest = Value.Bits.max
    var largest = Value.Bits.min
    var isEmpty = true
    for position in 0..<count {
      guard let key = Value.sortKey(self[position], isUnsigned: isUnsigned) else { continue }
      smallest = min(smallest, key)
      largest = max(largest, key)
      isEmpty = false
    }
    guard !isEmpty else { return nil }
    return Statistics.Bounds(
      min: Self.bytes(Value.lowerBound(Value.bits(sortKey: smallest, isUnsigned: isUnsigned))),
      max: Self.bytes(Value.upperBound(Value.bits(sortKey: largest, isUnsigned: isUnsigned))))
  }

  private static func bytes(_ bits: Value.Bits) -> [UInt8] {
    var output = OutputBuffer(capacity: MemoryLayout<Value.Bits>.size)
    output.appendLittleEndian(bits)
    return output.array
  }
}

extension Int {
  /// The smallest power of two that is not below this positive number.
  fileprivate var nextPowerOf2: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
