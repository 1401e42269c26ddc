import Bytes

// https://github.com/apache/parquet-format/blob/master/Encodings.md#delta-encoding-delta_binary_packed--5

/// DELTA_BINARY_PACKED: the first value, then the differences between neighbours in bit-packed blocks.
///
/// | Field | Type |
/// |---|---|
/// | block size | ULEB128, 128 values |
/// | miniblocks in a block | ULEB128, 4 |
/// | number of values | ULEB128 |
/// | first value | zigzag ULEB128 |
/// | blocks | |
///
/// | Field of a block | Type |
/// |---|---|
/// | smallest difference | zigzag ULEB128 |
/// | bit widths | one byte for each miniblock, 0 for those without values |
/// | miniblocks | 32 differences less the smallest one, bit-packed; the last miniblock is filled up with zeros |
///
/// Differences wrap around at the width of the type.
package enum DeltaBinaryPacked {
  private static let blockSize = 128
  private static let miniblockSize = 32
  /// Wider differences are not written: fastparquet 2026.9 unpacks 28 bits and more wrongly, without an error.
  private static let widestDifference = 24
  /// Differences between two looks at whether they still fit.
  private static let checkedCount = 1024

  /// True if all differences between neighbours are within one range of 24 bits, so that they surely fit miniblocks of 24
  /// bits, which is smaller than PLAIN too.
  @_specialize(where Value == Int32)
  @_specialize(where Value == Int64)
  package static func fits<Value: PlainValue>(_ values: PlainValues<Value>) -> Bool {
    guard values.count > 1 else { return values.count == 1 }
    let sign: Value.Bits = 1 << (Value.Bits.bitWidth - 1)
    var smallest = Value.Bits.max
    var largest = Value.Bits.min
    for start in stride(from: 1, to: values.count, by: checkedCount) {
      values.forEachDifference(in: start..<min(start + checkedCount, values.count)) {
        let delta = $0 ^ sign
        smallest = min(smallest, delta)
        largest = max(largest, delta)
      }
      guard (largest - smallest) >> widestDifference == 0 else { return false }
    }
    return true
  }

  /// Appends the values in `range`, which must not be empty.
  @_specialize(where Value == Int32)
  @_specialize(where Value == Int64)
  package static func append<Value: PlainValue>(
    _ values: PlainValues<Value>, in range: Range<Int>, to output: inout OutputBuffer
  ) {
    output.appendULEB128(UInt64(blockSize))
    output.appendULEB128(UInt64(blockSize / miniblockSize))
    output.appendULEB128(UInt64(range.count))
    output.appendZigzagULEB128(signed(values[range.lowerBound]))
    for start in stride(from: range.lowerBound + 1, to: range.upperBound, by: blockSize) {
      appendBlock(values, in: start..<min(start + blockSize, range.upperBound), to: &output)
    }
  }

  /// Bytes of all values, roughly, from a look at every eighth block.
  @_specialize(where Value == Int32)
  @_specialize(where Value == Int64)
  package static func estimatedSize<Value: PlainValue>(_ values: PlainValues<Value>) -> Int {
    var size = 0
    var count = 0
    for start in stride(from: 1, to: values.count, by: 8 * blockSize) {
      let block = start..<min(start + blockSize, values.count)
      let smallest = smallestDelta(values, in: block)
      for miniblock in miniblocks(of: block) where !miniblock.isEmpty {
        size += bitWidth(values, in: miniblock, less: smallest) * miniblockSize / 8
      }
      size += 8
      count += block.count
    }
    return count == 0 ? 0 : size * values.count / count
  }

  /// Appends the differences to the values in `range` from those before them. Nothing is allocated.
  private static func appendBlock<Value: PlainValue>(
    _ values: PlainValues<Value>, in range: Range<Int>, to output: inout OutputBuffer
  ) {
    let smallest = smallestDelta(values, in: range)
    output.appendZigzagULEB128(signed(smallest))
    let widthsStart = output.count
    for miniblock in miniblocks(of: range) {
      output.append(UInt8(truncatingIfNeeded: bitWidth(values, in: miniblock, less: smallest)))
    }
    for (index, miniblock) in miniblocks(of: range).enumerated() where !miniblock.isEmpty {
      let bitWidth = Int(output.bytes[byteAt: widthsStart + index])
      guard bitWidth > 0 else { continue }
      var packed = BitPackedGroup()
      values.forEachDifference(in: miniblock) {
        packed.append(UInt64(truncatingIfNeeded: $0 &- smallest), bitWidth: bitWidth, to: &output)
      }
      for _ in miniblock.count..<miniblockSize { packed.append(0, bitWidth: bitWidth, to: &output) }
    }
  }

  /// The values of a block in four parts, of which the last ones can be empty.
  private static func miniblocks(
    of block: Range<Int>
  ) -> LazyMapSequence<StrideTo<Int>, Range<Int>> {
    stride(from: block.lowerBound, to: block.lowerBound + blockSize, by: miniblockSize).lazy.map {
      min($0, block.upperBound)..<min($0 + miniblockSize, block.upperBound)
    }
  }

  private static func smallestDelta<Value: PlainValue>(
    _ values: PlainValues<Value>, in range: Range<Int>
  ) -> Value.Bits {
    let sign: Value.Bits = 1 << (Value.Bits.bitWidth - 1)
    var smallest = Value.Bits.max
    values.forEachDifference(in: range) { smallest = min(smallest, $0 ^ sign) }
    return smallest ^ sign
  }

  private static func bitWidth<Value: PlainValue>(
    _ values: PlainValues<Value>, in range: Range<Int>, less smallest: Value.Bits
  ) -> Int {
    var bits: Value.Bits = 0
    values.forEachDifference(in: range) { bits |= $0 &- smallest }
    return Value.Bits.bitWidth - bits.leadingZeroBitCount
  }

  private static func signed<Bits: FixedWidthInteger & UnsignedInteger>(_ bits: Bits) -> Int64 {
    let unused = Int64.bitWidth - Bits.bitWidth
    return (Int64(truncatingIfNeeded: bits) << unused) >> unused
  }
}
