import Bytes

// https://github.com/apache/parquet-format/blob/master/README.md#nested-encoding

/// Definition levels of a flat optional column in a data page of version 1: 1 for a value, 0 for a null.
///
/// | Field | Type |
/// |---|---|
/// | length | `int<4>`, least significant byte first |
/// | levels | RLE and bit-packing hybrid of bit width 1 |
package enum DefinitionLevels {
  /// Appends the levels of `rows`.
  package static func append(_ rows: Range<Int>, of validity: borrowing Validity, to output: inout OutputBuffer) {
    let start = output.count
    output.appendLittleEndian(UInt32(0))
    var encoder = RLEBitPackingHybridEncoder(bitWidth: 1)
    validity.forEachRun(in: rows) { isValid, count in
      encoder.append(isValid ? 1 : 0, count: count, to: &output)
    }
    encoder.finish(to: &output)
    output.overwriteLittleEndian(UInt32(truncatingIfNeeded: output.count - start - 4), at: start)
  }
}
