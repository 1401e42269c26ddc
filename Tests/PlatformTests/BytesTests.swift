import Bytes
import TestSupport
import Testing

/// Reads and copies that take eight bytes or more at a time, at every place where they must not.
@Suite struct BytesTests {
  @Test(arguments: 0...8) func integersOfAnyWidth(width: Int) throws {
    var random = SeededGenerator(seed: UInt64(width))
    let bytes = random.bytes(20)
    for start in 0...20 - width {
      let field = bytes[start..<start + width]
      var little = ByteCursor(bytes.bytes, at: start)
      let (found, end) = (try little.uint(bytes: width, "little"), little.offset)
      #expect(found == field.reversed().reduce(0) { $0 << 8 | UInt64($1) })
      #expect(end == start + width)
      var big = ByteCursor(bytes.bytes, at: start)
      let (foundBig, endBig) = (try big.uintBigEndian(bytes: width, "big"), big.offset)
      #expect(foundBig == field.reduce(0) { $0 << 8 | UInt64($1) })
      #expect(endBig == start + width)
    }
  }

  @Test(arguments: 1...8) func integersThatAreCut(width: Int) {
    let bytes = [UInt8](repeating: 1, count: width - 1)
    var cursor = ByteCursor(bytes.bytes)
    let found = [try? cursor.uint(bytes: width, "cut"), try? cursor.uintBigEndian(bytes: width, "cut")]
    let offset = cursor.offset
    #expect(found == [nil, nil])
    #expect(offset == 0)
  }

  @Test(arguments: 0...20) func equality(count: Int) {
    let bytes = [UInt8](repeating: 7, count: count)
    #expect(Self.isEqual(bytes, Array(bytes)))
    #expect(!Self.isEqual(bytes, bytes + [7]))
    for index in 0..<count {
      var other = bytes
      other[index] ^= 1
      #expect(!Self.isEqual(bytes, other))
    }
  }

  private static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool { a.bytes.isEqual(to: b.bytes) }

  @Test func theFirstBytesOfFourWords() {
    let source = (1...32).map { UInt8($0) }
    let words = stride(from: 0, to: 32, by: 8).map { source.bytes.extracting($0..<$0 + 8).word(at: 0) }
    var output = OutputBuffer(capacity: 1)
    var expected: [UInt8] = []
    for count in 0...32 {
      output.append(SIMD2(words[0], words[1]), SIMD2(words[2], words[3]), count: count)
      expected += source.prefix(count)
    }
    #expect(output.array == expected)
  }
}
