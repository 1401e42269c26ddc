import Bytes
import ParquetWriter
import TestSupport
import Testing

private func encoded(_ values: [UInt32], bitWidth: Int) -> [UInt8] {
  var output = OutputBuffer()
  var encoder = RLEBitPackingHybridEncoder(bitWidth: bitWidth)
  for value in values { encoder.append(value, to: &output) }
  encoder.finish(to: &output)
  return output.array
}

@Suite struct RLEBitPackingHybridTests {
  @Test func theDocumentsExample() {
    // "The numbers 1 through 7 using bit width 3", after the 0: 10001000 11000110 11111010.
    #expect(encoded(Array(0...7), bitWidth: 3) == [0x03, 0b1000_1000, 0b1100_0110, 0b1111_1010])
  }

  @Test func repeatedRuns() {
    #expect(encoded([UInt32](repeating: 1, count: 8), bitWidth: 1) == [0x10, 0x01])
    #expect(encoded([UInt32](repeating: 0x1234, count: 200), bitWidth: 13) == [0x90, 0x03, 0x34, 0x12])
    #expect(encoded([UInt32](repeating: 0, count: 100), bitWidth: 0) == [0xC8, 0x01])
  }

  @Test func shortRunsAreBitPackedAndFilledUp() {
    #expect(encoded([1, 1, 0, 1], bitWidth: 1) == [0x03, 0b0000_1011])
    #expect(encoded([], bitWidth: 1) == [])
  }

  @Test func aRepeatedRunStartsAtAGroupsEnd() {
    let values: [UInt32] = [0] + [UInt32](repeating: 1, count: 20)
    #expect(encoded(values, bitWidth: 1) == [0x03, 0b1111_1110, 13 << 1, 0x01])
  }

  @Test func bitPackedRunsHaveOneByteHeaders() throws {
    let values = (0..<504 + 16).map { UInt32($0 % 2) }
    let bytes = encoded(values, bitWidth: 1)
    #expect(bytes.first == 127)
    #expect(bytes.count == 1 + 63 + 1 + 2)
  }

  @Test(arguments: 0...32) func roundTrip(bitWidth: Int) throws {
    for seed in UInt64(0)..<40 {
      var random = SeededGenerator(seed: seed)
      let limit: UInt64 = 1 << UInt64(bitWidth)
      var values: [UInt32] = []
      while values.count < 700 {
        let value = UInt32(UInt64.random(in: 0..<limit, using: &random))
        values += [UInt32](repeating: value, count: Int.random(in: 1...(seed % 3 == 0 ? 30 : 2), using: &random))
      }
      values.removeLast(Int.random(in: 0..<9, using: &random))
      let input = OutputBuffer(copying: encoded(values, bitWidth: bitWidth)[...])
      var cursor = ByteCursor(input.bytes)
      let read = try readHybrid(&cursor, bitWidth: bitWidth, count: values.count)
      #expect(read == values, "seed \(seed)")
      try cursor.expectEnd("input")
    }
  }

  @Test(arguments: [(0, 1), (1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (256, 8), (257, 9), (65536, 16)])
  func dictionaryBitWidth(entries: Int, bits: Int) {
    #expect(RLEDictionary.bitWidth(entries: entries) == bits)
  }
}
