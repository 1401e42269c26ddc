import Bytes
import ParquetWriter
import Testing

private func bounds<Value: PlainValue>(_ values: [Value], isUnsigned: Bool = false) -> Statistics.Bounds? {
  var plain = OutputBuffer()
  for value in values { plain.appendLittleEndian(value.plainBits) }
  return PlainValues<Value>(plain.bytes).bounds(isUnsigned: isUnsigned)
}

private func bytes<Value: PlainValue>(_ value: Value) -> [UInt8] {
  var output = OutputBuffer()
  output.appendLittleEndian(value.plainBits)
  return output.array
}

@Suite struct BoundsTests {
  @Test func signedIntegers() {
    #expect(bounds([3, -5, .max, .min] as [Int32]) == .init(min: bytes(Int32.min), max: bytes(Int32.max)))
    #expect(bounds([3, -5] as [Int64]) == .init(min: bytes(Int64(-5)), max: bytes(Int64(3))))
    #expect(bounds([] as [Int64]) == nil)
  }

  @Test func unsignedIntegersCompareByTheirBits() {
    #expect(bounds([3, -5, 0] as [Int32], isUnsigned: true) == .init(min: bytes(Int32(0)), max: bytes(Int32(-5))))
  }

  @Test func doublesLeaveNaNOutAndWidenZeros() {
    #expect(bounds([.nan, 1.5, -2, .nan]) == .init(min: bytes(-2.0), max: bytes(1.5)))
    #expect(bounds([-1.0, -.infinity]) == .init(min: bytes(-Double.infinity), max: bytes(-1.0)))
    #expect(bounds([0.0]) == .init(min: bytes(-0.0), max: bytes(0.0)))
    #expect(bounds([-0.0]) == .init(min: bytes(-0.0), max: bytes(0.0)))
    #expect(bounds([Double.nan]) == nil)
  }

  @Test func byteArraysCompareByUnsignedBytes() {
    var bounds = ByteArrayBounds(sizeLimit: 4)
    for value in [[0x7F], [0x80], [0x7F, 0], []] as [[UInt8]] {
      let buffer = OutputBuffer(copying: value[...])
      bounds.include(buffer.bytes)
    }
    #expect(bounds.bounds(.exact) == .init(min: [], max: [0x80]))
    let long = OutputBuffer(copying: [0xFF, 0, 0, 0, 0])
    bounds.include(long.bytes)
    #expect(bounds.bounds(.exact) == nil)
  }
}
