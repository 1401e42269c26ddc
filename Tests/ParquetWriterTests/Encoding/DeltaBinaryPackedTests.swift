import Bytes
import ParquetWriter
import TestSupport
import Testing

private func encoded<Value: PlainValue>(_ values: [Value]) -> [UInt8] {
  var plain = OutputBuffer()
  for value in values { plain.appendLittleEndian(value.plainBits) }
  var output = OutputBuffer()
  DeltaBinaryPacked.append(PlainValues<Value>(plain.bytes), in: 0..<values.count, to: &output)
  return output.array
}

private func fits<Value: PlainValue>(_ values: [Value]) -> Bool {
  var plain = OutputBuffer()
  for value in values { plain.appendLittleEndian(value.plainBits) }
  return DeltaBinaryPacked.fits(PlainValues<Value>(plain.bytes))
}

private func decoded(_ bytes: [UInt8], is32Bit: Bool) throws -> [Int64] {
  let input = OutputBuffer(copying: bytes[...])
  var cursor = ByteCursor(input.bytes)
  let values = try readDelta(&cursor, is32Bit: is32Bit)
  try cursor.expectEnd("input")
  return values
}

@Suite struct DeltaBinaryPackedTests {
  /// Block size 128, 4 miniblocks.
  private let header: [UInt8] = [0x80, 0x01, 0x04]

  @Test func theDocumentsFirstExample() {
    // 1, 2, 3, 4, 5: all differences are 1, so nothing remains to be packed.
    #expect(encoded([1, 2, 3, 4, 5] as [Int64]) == header + [0x05, 0x02, 0x02, 0, 0, 0, 0])
  }

  @Test func theDocumentsSecondExample() {
    // 7, 5, 3, 1, 2, 3, 4, 5: differences -2 -2 -2 1 1 1 1, less the smallest one 0 0 0 3 3 3 3, in two bits each.
    #expect(
      encoded([7, 5, 3, 1, 2, 3, 4, 5] as [Int64])
        == header + [0x08, 0x0E, 0x03, 2, 0, 0, 0, 0b1100_0000, 0b0011_1111, 0, 0, 0, 0, 0, 0])
  }

  @Test func oneValueHasNoBlock() {
    #expect(encoded([-1] as [Int32]) == header + [0x01, 0x01])
  }

  @Test(arguments: [1, 2, 31, 32, 33, 34, 127, 128, 129, 130, 257, 1000])
  func extremesWrapAround(count: Int) throws {
    let edges: [Int64] = [.min, .max, 0, -1, 1, .max, .min, .min + 1, .max - 1]
    let values = (0..<count).map { edges[$0 % edges.count] }
    #expect(try decoded(encoded(values), is32Bit: false) == values)
    let edges32: [Int32] = [.min, .max, 0, -1, 1, .max, .min]
    let values32 = (0..<count).map { edges32[$0 % edges32.count] }
    #expect(try decoded(encoded(values32), is32Bit: true) == values32.map { Int64($0) })
  }

  @Test(arguments: 0...63) func roundTrip(bits: Int) throws {
    var random = SeededGenerator(seed: UInt64(bits))
    let limit: Int64 = bits == 63 ? .max : 1 << Int64(bits)
    let values = (0..<Int.random(in: 1...500, using: &random)).map { _ in
      Int64.random(in: -limit...limit, using: &random)
    }
    #expect(try decoded(encoded(values), is32Bit: false) == values, "seed \(bits)")
  }

  @Test func onlyNarrowDifferencesFit() {
    #expect(!fits([] as [Int64]))
    #expect(fits([.min] as [Int64]))
    #expect(fits([.max, .min, .min + 1] as [Int64]))
    #expect(fits([0, 0, 1 << 24 - 1] as [Int64]))
    #expect(!fits([0, 0, 1 << 24] as [Int64]))
    #expect(fits([.max, .min] as [Int32]))
    #expect(!fits([0, 1, -1 << 24] as [Int32]))
  }
}
