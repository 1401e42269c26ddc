import Bytes
import MySQLWire
import Testing

@Suite struct PacketWriterTests {
  @Test func headerIsLengthAndSequence() {
    #expect(packets([0x0E], from: 0) == [1, 0, 0, 0, 0x0E])
    #expect(packets([], from: 255) == [0, 0, 0, 255])
  }

  @Test func fullPacketIsFollowedByAnEmptyOne() {
    let output = packets(Array(repeating: 1, count: 0xFF_FFFF), from: 255)
    #expect(output.count == 0xFF_FFFF + 8)
    #expect(Array(output.prefix(4)) == [0xFF, 0xFF, 0xFF, 255])
    #expect(Array(output.suffix(4)) == [0, 0, 0, 0])
  }

  @Test(arguments: [0, 250, 251, 252, 0xFFFF, 0x1_0000, 0xFF_FFFF, 0x100_0000, Int(UInt32.max), Int.max])
  func lengthEncodedIntegerReadsBack(value: Int) throws {
    let written = encoded { $0.appendLengthEncoded(value) }
    var cursor = ByteCursor(written.span.bytes)
    #expect(try cursor.lenencInteger("value") == UInt64(value))
    try cursor.expectEnd("value")
  }
}
