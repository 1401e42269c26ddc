import Bytes

// https://github.com/apache/parquet-format/blob/master/BloomFilter.md

/// A split block bloom filter over the values of a column chunk.
///
/// A block is eight words of 32 bits. The upper half of a value's hash chooses the block, and the lower half one bit in each
/// word. About one value in a hundred that is not there seems to be.
struct BloomFilter: Sendable {
  private var words: [UInt32]
  private let blockCount: Int

  private static let salts: [UInt32] = [
    0x47B6_137B, 0x4497_4D91, 0x8824_AD5B, 0xA2B7_289D, 0x7054_95C7, 0x2DF1_424B, 0x9EFC_4947, 0x5C6B_FB31,
  ]
  private static let wordsPerBlock = 8
  private static let bitsPerValue = 10
  /// Larger filters are not worth reading.
  private static let mostBytes = 1 << 20

  /// The filter of the values in `plain`, of which each has `width` bytes, or its length before it where that is nil.
  init(_ plain: RawSpan, width: Int?, valueCount: Int) {
    let wanted = min(max(valueCount * Self.bitsPerValue / 8, 32), Self.mostBytes)
    // Readers want a power of two.
    let byteCount = 1 << (Int.bitWidth - (wanted - 1).leadingZeroBitCount)
    blockCount = byteCount / 32
    words = [UInt32](repeating: 0, count: byteCount / 4)
    let prefix = width == nil ? 4 : 0
    var offset = 0
    while offset < plain.byteCount {
      let length = width ?? plain.plainLength(at: offset)
      insert(XXHash64.hash(plain.extracting(offset + prefix..<offset + prefix + length)))
      offset += prefix + length
    }
  }

  private mutating func insert(_ hash: UInt64) {
    let block = Int(truncatingIfNeeded: ((hash >> 32) &* UInt64(blockCount)) >> 32)
    let key = UInt32(truncatingIfNeeded: hash)
    for (index, salt) in Self.salts.enumerated() {
      words[block * Self.wordsPerBlock + index] |= 1 << ((key &* salt) >> 27)
    }
  }

  /// The filter as it stands in the file: its header, and the blocks.
  var encoded: OutputBuffer {
    var writer = CompactProtocolWriter()
    writer.write(BloomFilterHeader(byteCount: Int32(clamping: words.count * 4)))
    var output = writer.output
    for word in words { output.appendLittleEndian(word) }
    return output
  }
}

/// `BloomFilterHeader`.
///
/// | Id | Field | Type |
/// |---|---|---|
/// | 1 | numBytes | i32, without this header |
/// | 2 | algorithm | union, whose field 1 is BLOCK |
/// | 3 | hash | union, whose field 1 is XXHASH |
/// | 4 | compression | union, whose field 1 is UNCOMPRESSED |
private struct BloomFilterHeader: ThriftStruct {
  let byteCount: Int32

  func writeFields(to writer: inout CompactProtocolWriter) {
    writer.field(1, byteCount)
    for id: Int16 in 2...4 { writer.field(id, FirstMember()) }
  }
}

/// A union whose first member is set, and has no fields.
private struct FirstMember: ThriftStruct {
  func writeFields(to writer: inout CompactProtocolWriter) { writer.field(1, EmptyStruct()) }
}

extension RawSpan {
  /// The length before a byte array in PLAIN.
  func plainLength(at offset: Int) -> Int {
    Int(UInt32(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }
}
