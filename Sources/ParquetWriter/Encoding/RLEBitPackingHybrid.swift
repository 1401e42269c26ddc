import Bytes

// https://github.com/apache/parquet-format/blob/master/Encodings.md#run-length-encoding--bit-packing-hybrid-rle--3

/// The RLE and bit-packing hybrid: definition levels and dictionary indices.
///
/// | Run | Header, ULEB128 | Body |
/// |---|---|---|
/// | repeated | `count << 1` | the value in as many whole bytes as the bit width needs |
/// | bit-packed | `groups << 1 \| 1` | groups of eight values, least significant bit first |
///
/// Values must be below 2^bitWidth. A bit-packed run at the end is filled up with zeros to a multiple of eight values.
package struct RLEBitPackingHybridEncoder: ~Copyable {
  /// Shorter repetitions cost less bit-packed.
  private static let shortestRepeatedRun = 8
  /// The most groups whose header is one byte, so that it can be filled in afterwards.
  private static let mostGroups = 63

  private let bitWidth: Int
  /// The last value and how often it came, not yet written.
  private var value: UInt32 = 0
  private var repeats = 0
  /// The group of eight being filled: its bits and how many values it has.
  private var group = BitPackedGroup()
  private var groupsInRun = 0
  private var runHeader = 0

  /// An encoder for values of `bitWidth` bits, 0 to 32.
  package init(bitWidth: Int) {
    precondition((0...32).contains(bitWidth), "bit width out of range")
    self.bitWidth = bitWidth
  }

  /// Adds `value`, `count` times.
  package mutating func append(_ value: UInt32, count: Int = 1, to output: inout OutputBuffer) {
    if value != self.value {
      endRepeats(to: &output)
      self.value = value
    }
    repeats += count
  }

  /// Writes what is pending. The encoder is done after this.
  package mutating func finish(to output: inout OutputBuffer) {
    endRepeats(to: &output)
    while group.count != 0 { pack(0, to: &output) }
    endBitPackedRun(to: &output)
  }

  private mutating func endRepeats(to output: inout OutputBuffer) {
    while repeats > 0, group.count != 0 || repeats < Self.shortestRepeatedRun {
      pack(value, to: &output)
      repeats -= 1
    }
    guard repeats > 0 else { return }
    endBitPackedRun(to: &output)
    output.appendULEB128(UInt64(repeats) << 1)
    for byte in 0..<(bitWidth + 7) / 8 {
      output.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * byte)))
    }
    repeats = 0
  }

  private mutating func pack(_ value: UInt32, to output: inout OutputBuffer) {
    if groupsInRun == 0, group.count == 0 {
      runHeader = output.count
      output.append(0)
    }
    group.append(UInt64(value), bitWidth: bitWidth, to: &output)
    guard group.count == 8 else { return }
    group = BitPackedGroup()
    groupsInRun += 1
    if groupsInRun == Self.mostGroups { endBitPackedRun(to: &output) }
  }

  private mutating func endBitPackedRun(to output: inout OutputBuffer) {
    guard groupsInRun > 0 else { return }
    output.overwriteLittleEndian(UInt8(groupsInRun << 1 | 1), at: runHeader)
    groupsInRun = 0
  }
}

/// Values of equal width laid end to end, least significant bit first.
package struct BitPackedGroup {
  private var pending: UInt64 = 0
  private var pendingBits = 0
  /// Values so far.
  package private(set) var count = 0

  package init() {}

  /// Adds a value below 2^bitWidth, `bitWidth` at most 64, and writes words that are full.
  ///
  /// After a multiple of eight values, which are whole bytes, nothing is pending.
  @inline(__always)
  package mutating func append(_ value: UInt64, bitWidth: Int, to output: inout OutputBuffer) {
    count &+= 1
    pending |= value &<< UInt64(truncatingIfNeeded: pendingBits)
    pendingBits &+= bitWidth
    if pendingBits >= 64 {
      output.reserve(8)
      output.appendUnchecked(word: pending, count: 8)
      pendingBits &-= 64
      pending = pendingBits == 0 ? 0 : value &>> UInt64(truncatingIfNeeded: bitWidth &- pendingBits)
    }
    guard count & 7 == 0, pendingBits > 0 else { return }
    output.reserve(8)
    output.appendUnchecked(word: pending, count: pendingBits &>> 3)
    pending = 0
    pendingBits = 0
  }
}
