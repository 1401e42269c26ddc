import Bytes

// https://github.com/apache/parquet-format/blob/master/Encodings.md#dictionary-encoding-plain_dictionary--2-and-rle_dictionary--8

/// RLE_DICTIONARY: a data page of indices into the column chunk's dictionary page.
///
/// | Field | Type |
/// |---|---|
/// | bit width | one byte |
/// | indices | RLE and bit-packing hybrid, to the end of the page |
package enum RLEDictionary {
  /// Bits that an index into `count` entries needs. One entry takes one bit, since some readers stumble over none.
  package static func bitWidth(entries count: Int) -> Int {
    max(1, Int.bitWidth - max(0, count - 1).leadingZeroBitCount)
  }

  /// Appends the body of a data page that holds `indices`.
  package static func append(_ indices: ArraySlice<UInt32>, bitWidth: Int, to output: inout OutputBuffer) {
    output.append(UInt8(bitWidth))
    var encoder = RLEBitPackingHybridEncoder(bitWidth: bitWidth)
    let indices = indices.span
    var start = 0
    while start < indices.count {
      let index = indices[start]
      var end = start &+ 1
      while end < indices.count, indices[end] == index { end &+= 1 }
      encoder.append(index, count: end &- start, to: &output)
      start = end
    }
    encoder.finish(to: &output)
  }
}
