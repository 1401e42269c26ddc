import Bytes
import ParquetWriter
import Testing

/// A struct given as a closure.
private struct Fields: ThriftStruct {
  let write: @Sendable (inout CompactProtocolWriter) -> Void
  func writeFields(to writer: inout CompactProtocolWriter) { write(&writer) }
}

private func encoded(_ write: @escaping @Sendable (inout CompactProtocolWriter) -> Void) -> [UInt8] {
  var writer = CompactProtocolWriter()
  writer.write(Fields(write: write))
  return writer.output.array
}

/// Bytes worked out by hand from the specification.
@Suite struct CompactProtocolTests {
  @Test func fieldIDsThatAreNearTakeOneByte() {
    #expect(encoded { $0.field(1, Int32(1)) } == [0x15, 0x02, 0x00])
    #expect(
      encoded {
        $0.field(1, true)
        $0.field(2, false)
        $0.field(17, Int8(-1))
      } == [0x11, 0x12, 0xF3, 0xFF, 0x00])
  }

  @Test func fieldIDsThatAreFarTakeZigzag() {
    #expect(encoded { $0.field(16, Int32(0)) } == [0x05, 0x20, 0x00, 0x00])
    #expect(
      encoded {
        $0.field(5, Int64(0))
        $0.field(3, Int64(0))
      } == [0x56, 0x00, 0x06, 0x06, 0x00, 0x00])
  }

  @Test(
    arguments: [
      (0, [0x00]), (-1, [0x01]), (1, [0x02]), (63, [0x7E]), (-64, [0x7F]), (64, [0x80, 0x01]),
      (.max, [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
      (.min, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
    ] as [(Int64, [UInt8])])
  func integers(value: Int64, bytes: [UInt8]) {
    #expect(encoded { $0.field(1, value) } == [0x16] + bytes + [0x00])
  }

  @Test func stringsAndStructs() {
    #expect(encoded { $0.field(1, "é") } == [0x18, 0x02, 0xC3, 0xA9, 0x00])
    #expect(encoded { $0.field(1, [1, 2] as [UInt8]) } == [0x18, 0x02, 0x01, 0x02, 0x00])
    let nested = encoded {
      $0.field(3, Fields { $0.field(1, true) })
      $0.field(4, true)
    }
    #expect(nested == [0x3C, 0x11, 0x00, 0x11, 0x00])
  }

  @Test func lists() {
    #expect(encoded { $0.field(1, list: ["a", ""]) } == [0x19, 0x28, 0x01, 0x61, 0x00, 0x00])
    #expect(encoded { $0.field(1, list: [Encoding.rle, .rleDictionary]) } == [0x19, 0x25, 0x06, 0x10, 0x00])
    let long = encoded { $0.field(1, list: [Encoding](repeating: .plain, count: 15)) }
    #expect(long == [0x19, 0xF5, 0x0F] + [UInt8](repeating: 0, count: 15) + [0x00])
    #expect(encoded { $0.field(1, list: [EmptyStruct(), EmptyStruct()]) } == [0x19, 0x2C, 0x00, 0x00, 0x00])
  }

  @Test func logicalTypes() {
    var writer = CompactProtocolWriter()
    writer.write(LogicalType.string)
    writer.write(LogicalType.json)
    writer.write(LogicalType.integer(.bits32, signed: false))
    #expect(
      writer.output.array == [0x1C, 0x00, 0x00] + [0xCC, 0x00, 0x00] + [0xAC, 0x13, 0x20, 0x12, 0x00, 0x00])
  }
}
