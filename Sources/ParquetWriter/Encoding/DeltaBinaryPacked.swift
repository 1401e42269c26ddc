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

  /// True if all differences between neighbours are within one range of 24 bits, so that they surely fit miniblocks of 24
  /// bits, which is smaller than PLAIN too.
  @_specialize(where Value == Int32)
  @_specialize(where Value == Int64)
  package static func fits<Value: PlainValue>(_ values: PlainValues<Value>) -> Bool {
    guard values.count > 1 else { return values.count == 1 }
    let sign: Value.Bits = 1 << (Value.Bits.bitWidth - 1)
    var smallest = Value.Bits.max
    var largest = Value.Bits.min
    for index in 1..<values.count {
      let delta = (values[index] &- values[index - 1]) ^ sign
      smallest = min(smallest, delta)
      largest = max(largest, delta)
    }
    return (largest - smallest) >> widestDifference == 0
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
    var previous = values[range.lowerBound]
    output.appendZigzagULEB128(signed(previous))
    var deltas: [Value.Bits] = []
    deltas.reserveCapacity(blockSize)
    for index in range.dropFirst() {
      let value = values[index]
      deltas.append(value &- previous)
      previous = value
      guard deltas.count == blockSize else { continue }
      appendBlock(&deltas, to: &output)
    }
    if !deltas.isEmpty { appendBlock(&deltas, to: &output) }
  }

  private static func appendBlock<Bits: FixedWidthInteger & UnsignedInteger>(
    _ deltas: inout [Bits], to output: inout OutputBuffer
  ) {
    let sign: Bits = 1 << (Bits.bitWidth - 1)
    let smallest = (deltas.lazy.map { $0 ^ sign }.min() ?? sign) ^ sign
    for index in deltas.indices { deltas[index] &-= smallest }
    output.appendZigzagULEB128(signed(smallest))
    let starts = stride(from: 0, to: blockSize, by: miniblockSize)
    let miniblocks = starts.map { deltas[min($0, deltas.count)..<min($0 + miniblockSize, deltas.count)] }
    let widths = miniblocks.map { bitWidth($0) }
    for width in widths { output.append(UInt8(width)) }
    for (miniblock, width) in zip(miniblocks, widths) where !miniblock.isEmpty {
      appendMiniblock(miniblock, bitWidth: width, to: &output)
    }
    deltas.removeAll(keepingCapacity: true)
  }

  private static func appendMiniblock<Bits: FixedWidthInteger & UnsignedInteger>(
    _ deltas: ArraySlice<Bits>, bitWidth: Int, to output: inout OutputBuffer
  ) {
    guard bitWidth > 0 else { return }
    var packed = BitPackedGroup()
    for delta in deltas { packed.append(UInt64(delta), bitWidth: bitWidth, to: &output) }
    for _ in deltas.count..<miniblockSize { packed.append(0, bitWidth: bitWidth, to: &output) }
  }

  private static func bitWidth<Bits: FixedWidthInteger>(_ deltas: ArraySlice<Bits>) -> Int {
    Bits.bitWidth - deltas.reduce(0, |).leadingZeroBitCount
  }

  private static func signed<Bits: FixedWidthInteger & UnsignedInteger>(_ bits: Bits) -> Int64 {
    let unused = Int64.bitWidth - Bits.bitWidth
    return (Int64(truncatingIfNeeded: bits) << unused) >> unused
  }
}
