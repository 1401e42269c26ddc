import Bytes

// https://github.com/apache/parquet-format/blob/master/README.md#nested-encoding

/// Levels before the values of a data page of version 1: first those of repetition, then those of definition, each where the
/// largest one is above 0.
///
/// | Field | Type |
/// |---|---|
/// | length | `int<4>`, least significant byte first |
/// | levels | RLE and bit-packing hybrid of as many bits as the largest level needs |
package enum Levels {
  /// Appends the definition levels of `rows` of a column without nesting: 1 for a value, 0 for a null.
  package static func append(_ rows: Range<Int>, of validity: borrowing Validity, to output: inout OutputBuffer) {
    let start = beginLevels(&output)
    var encoder = RLEBitPackingHybridEncoder(bitWidth: 1)
    validity.forEachRun(in: rows) { isValid, count in
      encoder.append(isValid ? 1 : 0, count: count, to: &output)
    }
    encoder.finish(to: &output)
    endLevels(start, &output)
  }

  /// Appends the levels of `entries` of a column below lists, maps or optional groups.
  package static func append(
    _ entries: Range<Int>, of runs: borrowing LevelRuns, for leaf: SchemaLeaf, to output: inout OutputBuffer
  ) {
    append(entries, of: runs, upTo: leaf.maxRepetitionLevel, to: &output) { $0.repetition }
    append(entries, of: runs, upTo: leaf.maxDefinitionLevel, to: &output) { $0.definition }
  }

  private static func append(
    _ entries: Range<Int>, of runs: borrowing LevelRuns, upTo largest: Int, to output: inout OutputBuffer,
    _ level: (EntryLevels) -> UInt8
  ) {
    guard largest > 0 else { return }
    let start = beginLevels(&output)
    var encoder = RLEBitPackingHybridEncoder(bitWidth: Int.bitWidth - largest.leadingZeroBitCount)
    runs.forEachRun(in: entries) { levels, count in
      encoder.append(UInt32(level(levels)), count: count, to: &output)
    }
    encoder.finish(to: &output)
    endLevels(start, &output)
  }

  private static func beginLevels(_ output: inout OutputBuffer) -> Int {
    output.appendLittleEndian(UInt32(0))
    return output.count
  }

  private static func endLevels(_ start: Int, _ output: inout OutputBuffer) {
    output.overwriteLittleEndian(UInt32(truncatingIfNeeded: output.count - start), at: start - 4)
  }
}
