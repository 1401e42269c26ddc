import Bytes
import ParquetWriter
import TestSupport
import Testing

private func levels(_ rows: Range<Int>, of validity: borrowing Validity) -> [UInt8] {
  var output = OutputBuffer()
  Levels.append(rows, of: validity, to: &output)
  return output.array
}

@Suite struct ValidityTests {
  @Test func definitionLevels() {
    var validity = Validity()
    validity.appendValues(10)
    for _ in 0..<10 { validity.appendNull() }
    #expect(levels(0..<20, of: validity) == [4, 0, 0, 0, 20, 1, 20, 0])
    #expect(levels(0..<10, of: validity) == [2, 0, 0, 0, 20, 1])
    #expect(levels(10..<20, of: validity) == [2, 0, 0, 0, 20, 0])
    #expect(levels(5..<5, of: validity) == [0, 0, 0, 0])
  }

  @Test(arguments: UInt64(0)..<50) func anyRowsOfAnyRuns(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var expected: [UInt32] = []
    var validity = Validity()
    while expected.count < 300 {
      let isValid = Bool.random(using: &random)
      for _ in 0..<Int.random(in: 1...(seed % 2 == 0 ? 40 : 3), using: &random) {
        if isValid { validity.appendValues() } else { validity.appendNull() }
        expected.append(isValid ? 1 : 0)
      }
    }
    #expect(validity.rowCount == expected.count)
    #expect(validity.nullCount == expected.count { $0 == 0 })
    for _ in 0..<20 {
      let start = Int.random(in: 0...expected.count, using: &random)
      let rows = start..<Int.random(in: start...expected.count, using: &random)
      let input = OutputBuffer(copying: levels(rows, of: validity).dropFirst(4))
      var cursor = ByteCursor(input.bytes)
      #expect(try readHybrid(&cursor, bitWidth: 1, count: rows.count) == Array(expected[rows]), "seed \(seed)")
      #expect(validity.valueCount(in: rows) == expected[rows].count { $0 == 1 }, "seed \(seed)")
    }
  }

  @Test func removeAllForgets() {
    var validity = Validity()
    validity.appendNull()
    validity.removeAll()
    validity.appendValues()
    #expect(validity.rowCount == 1)
    #expect(validity.nullCount == 0)
    #expect(levels(0..<1, of: validity) == [2, 0, 0, 0, 0x03, 1])
  }
}
