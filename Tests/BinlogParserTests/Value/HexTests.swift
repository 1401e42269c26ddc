import BinlogParser
import Bytes
import Testing

@Suite struct HexTests {
  @Test(arguments: 0...40) func everyLength(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
    let expected = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(try rendered { $0.append(hex: bytes.span.bytes) } == expected)
  }

  @Test func everyByte() throws {
    for byte in UInt8.min...UInt8.max {
      let text = try rendered { $0.append(hex: [byte].span.bytes) }
      #expect(UInt8(text, radix: 16) == byte && text.count == 2 && text == text.lowercased())
    }
  }

  /// MySQL 9.7: TO_VECTOR('[1,2.5,-0.1]').
  @Test func vector() throws {
    let floats = bytes(hex: "0000803f00002040cdccccbd")
    #expect(try rendered { out throws(DecodeError) in try out.append(vector: floats.span.bytes) } == "[1,2.5,-0.1]")
    #expect(try rendered { out throws(DecodeError) in try out.append(vector: [UInt8]().span.bytes) } == "[]")
    damage(floats) { damaged in
      var out = OutputBuffer()
      do { try out.append(vector: damaged.span.bytes) } catch { #expect(damaged.count % 4 != 0 && out.array.isEmpty) }
    }
  }
}
