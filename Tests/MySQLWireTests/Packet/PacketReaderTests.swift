import Bytes
import MySQLWire
import Testing

@Suite struct PacketReaderTests {
  /// Whole payloads of sizes around the limit of one packet, through a small receive buffer, in deliveries of several sizes.
  @Test(arguments: [0, 1, 4, 59, 60, 61, 65536, 0xFF_FFFE, 0xFF_FFFF, 0x100_0000, 2 * 0xFF_FFFF])
  func payloadSurvives(size: Int) throws {
    let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    for chunk in [1000, 1 << 16, Int.max / 2] {
      var reader = PacketReader(ScriptedSource(packets(payload, from: 250), chunk: chunk), capacity: 64)
      reader.nextSequence = 250
      var output = OutputBuffer()
      let count = try reader.readPacket(into: &output, limit: .max)
      #expect(count == size)
      #expect(output.array == payload)
      #expect(reader.isEmpty == true)
      #expect(reader.nextSequence == 250 &+ UInt8(size / 0xFF_FFFF + 1))
    }
  }

  @Test func dripFeedByteByByte() throws {
    let stream = packets([1, 2, 3]) + packets([], from: 1) + packets(Array(repeating: 7, count: 300), from: 2)
    var reader = PacketReader(ScriptedSource(stream, chunk: 1), capacity: 64)
    var output = OutputBuffer()
    #expect(try reader.readPacket(into: &output, limit: 1000) == 3)
    #expect(try reader.readPacket(into: &output, limit: 1000) == 0)
    #expect(try reader.readPacket(into: &output, limit: 1000) == 300)
    #expect(output.array == [1, 2, 3] + Array(repeating: 7, count: 300))
  }

  @Test func randomPacketsInRandomDeliveries() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededGenerator(state: seed)
    var stream: [UInt8] = []
    var expected: [[UInt8]] = []
    for index in 0..<500 {
      let payload = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      expected.append(payload)
      stream += packets(payload, from: UInt8(truncatingIfNeeded: index))
    }
    var deliveries: [[UInt8]] = []
    while !stream.isEmpty {
      let count = min(stream.count, Int.random(in: 1...300, using: &random))
      deliveries.append(Array(stream.prefix(count)))
      stream.removeFirst(count)
    }
    var reader = PacketReader(ScriptedSource(deliveries: deliveries), capacity: 128)
    for payload in expected {
      var output = OutputBuffer()
      _ = try reader.readPacket(into: &output, limit: 1000)
      #expect(output.array == payload, "seed \(seed)")
    }
  }

  @Test func wrongSequenceNumber() {
    var reader = PacketReader(ScriptedSource(packets([1], from: 3), chunk: 100))
    var output = OutputBuffer()
    #expect(throws: WireFailure.outOfSequence(expected: 0, got: 3)) { try reader.readPacket(into: &output, limit: 10) }
    #expect(output.isEmpty == true)
  }

  @Test func tooLargeIsRefusedBeforeItIsRead() {
    let source = ScriptedSource([0xFF, 0xFF, 0x00, 0x00, 0x01], chunk: 100)
    var reader = PacketReader(source)
    var output = OutputBuffer()
    #expect(throws: WireFailure.tooLarge(size: 0xFFFF, limit: 1000)) {
      try reader.readPacket(into: &output, limit: 1000)
    }
    #expect(source.calls == 1)
  }

  /// The continuation counts towards the limit, and nothing of a packet that fails stays in the caller's buffer.
  @Test func continuationBeyondTheLimit() {
    let payload = Array(repeating: UInt8(5), count: 0xFF_FFFF + 100)
    var reader = PacketReader(ScriptedSource(packets(payload), chunk: 1 << 20))
    var output = OutputBuffer()
    output.append(9)
    #expect(throws: WireFailure.self) { try reader.readPacket(into: &output, limit: 0xFF_FFFF + 99) }
    #expect(output.array == [9])
  }

  @Test func endOfStreamAtEveryByte() {
    let stream = packets([0] + Array(repeating: 1, count: 30))
    for count in 0..<stream.count {
      var reader = PacketReader(ScriptedSource(Array(stream.prefix(count)), chunk: 7))
      var output = OutputBuffer()
      #expect(throws: WireFailure.closedByPeer) { try reader.readEvent(into: &output, limit: 100) }
      #expect(output.isEmpty == true)
    }
  }

  @Test func completePacketIsKnownWithoutWaiting() throws {
    let stream = packets([1, 2, 3, 4])
    let source = ScriptedSource(deliveries: [Array(stream.prefix(6)), Array(stream.dropFirst(6))])
    var reader = PacketReader(source, capacity: 64)
    #expect(reader.hasCompletePacket() == false)
    #expect(reader.hasCompletePacket() == true)
    #expect(source.calls == 2)
    #expect(reader.hasCompletePacket() == true)
    #expect(source.calls == 2)
    var output = OutputBuffer()
    _ = try reader.readPacket(into: &output, limit: 10)
    #expect(reader.hasCompletePacket() == false)
  }

  @Test func packetLargerThanTheBufferIsNeverComplete() throws {
    var reader = PacketReader(ScriptedSource(packets(Array(repeating: 1, count: 100)), chunk: 1000), capacity: 64)
    for _ in 0..<5 { #expect(reader.hasCompletePacket() == false) }
    var output = OutputBuffer()
    #expect(try reader.readPacket(into: &output, limit: 100) == 100)
  }
}

@Suite struct EventPacketTests {
  /// 19 bytes of header, of which only the size counts here, and a body.
  static func event(size: Int, first: UInt8 = 1) -> [UInt8] {
    var event = Array(repeating: UInt8(0x55), count: size)
    event[0] = first
    for index in 0..<4 { event[9 + index] = UInt8(truncatingIfNeeded: size >> (8 * index)) }
    return event
  }

  @Test(arguments: [19, 20, 200, 0xFF_FFFD, 0xFF_FFFE, 0xFF_FFFF, 0x100_0000, 2 * 0xFF_FFFF - 1, 2 * 0xFF_FFFF])
  func onlyTheFirstByteIsStripped(size: Int) throws {
    for first: UInt8 in [0x01, 0xEF] {
      let event = Self.event(size: size, first: first)
      var reader = PacketReader(ScriptedSource(packets([0] + event, from: 1), chunk: 1 << 20))
      reader.nextSequence = 1
      var output = OutputBuffer()
      #expect(try reader.readEvent(into: &output, limit: size) == size)
      #expect(output.array == event)
    }
  }

  @Test(arguments: [19, 200, 0xFF_FFFC, 0xFF_FFFD, 0xFF_FFFE, 0x100_0000])
  func semiSynchronousMarkIsStripped(size: Int) throws {
    let event = Self.event(size: size)
    for flag: UInt8 in [0, 1] {
      var reader = PacketReader(ScriptedSource(packets([0, 0xEF, flag] + event), chunk: 1 << 20))
      var output = OutputBuffer()
      #expect(try reader.readEvent(into: &output, limit: size) == size)
      #expect(output.array == event)
    }
  }

  @Test func eventBeyondTheLimit() {
    var reader = PacketReader(ScriptedSource(packets([0] + Self.event(size: 50)), chunk: 100))
    var output = OutputBuffer()
    #expect(throws: WireFailure.eventTooLarge(size: 50, limit: 49)) { try reader.readEvent(into: &output, limit: 49) }
    #expect(output.isEmpty == true)
  }

  /// Packets that continue each other without end are read up to the limit, and no further.
  @Test func anEventWithoutEnd() {
    let full = [0xFF, 0xFF, 0xFF] as [UInt8]
    let packets = (UInt8(0)..<10).map { full + [$0] + Array(repeating: UInt8(0), count: 0xFF_FFFF) }
    let source = ScriptedSource(deliveries: packets)
    var reader = PacketReader(source)
    var output = OutputBuffer()
    let limit = 40 << 20
    #expect(throws: WireFailure.eventTooLarge(size: 3 * 0xFF_FFFF - 1, limit: limit)) {
      try reader.readEvent(into: &output, limit: limit)
    }
    #expect(output.capacity < 2 * limit)
  }

  /// EOF, ERR, an empty packet: they stay in place for `readPacket`.
  @Test(arguments: [[0xFE, 0, 0, 2, 0], [0xFF, 1, 1], []] as [[UInt8]])
  func otherPacketsStay(payload: [UInt8]) throws {
    var reader = PacketReader(ScriptedSource(packets(payload), chunk: 1), capacity: 64)
    var output = OutputBuffer()
    #expect(try reader.readEvent(into: &output, limit: 100) == nil)
    #expect(try reader.readPacket(into: &output, limit: 100) == payload.count)
    #expect(output.array == payload)
  }

  @Test func anyBytesGiveAnEventOrAnError() {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededGenerator(state: seed)
    for _ in 0..<2000 {
      var stream = (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      for index in [1, 2, 3] where stream.count > index { stream[index] = 0 }
      var reader = PacketReader(ScriptedSource(stream, chunk: 5), capacity: 64)
      var output = OutputBuffer()
      do throws(WireFailure) {
        while true {
          _ = reader.hasCompletePacket()
          if try reader.readEvent(into: &output, limit: 300) == nil {
            _ = try reader.readPacket(into: &output, limit: 300)
          }
        }
      } catch { #expect(output.count <= stream.count, "seed \(seed)") }
    }
  }
}
