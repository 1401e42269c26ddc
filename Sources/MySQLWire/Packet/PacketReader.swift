import Bytes

/// Takes packets out of the stream of bytes, joins those that continue each other, and checks their numbers.
///
/// A packet is `int<3> payload_length`, `int<1> sequence_id`, `payload`. A payload of 0xFFFFFF bytes is continued by the
/// next packet. See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html>.
///
/// Payloads are copied once, from the receive buffer to their destination; the rest of a large one is received there
/// directly.
package struct PacketReader<Source: ByteSource>: ~Copyable {
  private let source: Source
  private var buffer: OutputBuffer
  private let capacity: Int
  /// Where in `buffer` the bytes begin that were not taken yet.
  private var start = 0
  /// The number that the next packet must carry. A command sets it to zero.
  package var nextSequence: UInt8 = 0

  /// A reader of `source` with a receive buffer of `capacity` bytes, at least 64.
  package init(_ source: Source, capacity: Int = Limits.receiveBuffer) {
    self.source = source
    self.capacity = max(capacity, 64)
    buffer = OutputBuffer(capacity: self.capacity)
  }

  /// True if no byte beyond the packets already taken has arrived. Before TLS begins there must be none.
  package var isEmpty: Bool { available == 0 }

  private var available: Int { buffer.count &- start }

  // MARK: Packets

  /// Appends the next payload, all its packets joined, to `output`; returns its size.
  ///
  /// Nothing stays appended when it throws.
  package mutating func readPacket(into output: inout OutputBuffer, limit: Int) throws(WireFailure) -> Int {
    let before = output.count
    do throws(WireFailure) {
      let length = try readHeader()
      return try readPayload(length, isContinued: length == Limits.packetPayload, into: &output, limit: limit)
    } catch {
      output.truncate(to: before)
      throw error
    }
  }

  /// Appends the event of the next packet of a binlog dump to `output`; returns its size.
  ///
  /// The packet is `int<1> 0x00` and the event; only the first of several joined packets has the 0x00. A semi-synchronous
  /// server puts `int<1> 0xEF` and `int<1> flags` between them. Nil when the packet begins with another byte, as EOF and ERR
  /// do: it stays in place. Nothing stays appended when it throws; for an event of more than `limit` bytes `eventTooLarge`,
  /// as soon as the sizes of its packets tell.
  package mutating func readEvent(into output: inout OutputBuffer, limit: Int) throws(WireFailure) -> Int? {
    try require(4)
    guard payloadLength(at: start) > 0 else { return nil }
    try require(5)
    guard buffer.bytes[byteAt: start &+ 4] == OKPacket.header else { return nil }
    let before = output.count
    do throws(WireFailure) {
      let length = try readHeader()
      start &+= 1
      let size = try readPayload(
        length &- 1, isContinued: length == Limits.packetPayload, into: &output, limit: limit &+ 2)
      let count = size &- Self.removeSemiSyncMark(of: size, from: &output, at: before)
      guard count <= limit else { throw .tooLarge(size: count, limit: limit) }
      return count
    } catch {
      output.truncate(to: before)
      guard case .tooLarge(let size, _) = error else { throw error }
      throw .eventTooLarge(size: size, limit: limit)
    }
  }

  /// True if the next packet can be taken without waiting for the network.
  ///
  /// It takes what the operating system has received, so that the answer holds for this moment. False for packets larger
  /// than the receive buffer, and after an error, which the next read reports.
  package mutating func hasCompletePacket() -> Bool {
    if isPacketBuffered { return true }
    makeRoom()
    guard capacity > buffer.count else { return false }
    do throws(WireFailure) {
      guard try source.receiveIfReady(into: &buffer, upTo: capacity &- buffer.count) else { return false }
    } catch { return false }
    return isPacketBuffered
  }

  private var isPacketBuffered: Bool {
    available >= 4 && available &- 4 >= payloadLength(at: start) && payloadLength(at: start) < Limits.packetPayload
  }

  // MARK: Parts of a packet

  private func payloadLength(at offset: Int) -> Int {
    let bytes = buffer.bytes
    return Int(bytes[byteAt: offset]) | Int(bytes[byteAt: offset &+ 1]) &<< 8 | Int(bytes[byteAt: offset &+ 2]) &<< 16
  }

  private mutating func readHeader() throws(WireFailure) -> Int {
    try require(4)
    let sequence = buffer.bytes[byteAt: start &+ 3]
    guard sequence == nextSequence else { throw .outOfSequence(expected: nextSequence, got: sequence) }
    let length = payloadLength(at: start)
    nextSequence &+= 1
    start &+= 4
    return length
  }

  /// Copies the `length` bytes of the packet whose header was read, and all of the packets that continue it.
  private mutating func readPayload(
    _ length: Int, isContinued: Bool, into output: inout OutputBuffer, limit: Int
  ) throws(WireFailure) -> Int {
    var next = length
    var total = length
    var isContinued = isContinued
    while true {
      guard total <= limit else { throw .tooLarge(size: total, limit: limit) }
      try copy(next, into: &output)
      guard isContinued else { return total }
      next = try readHeader()
      total &+= next
      isContinued = next == Limits.packetPayload
    }
  }

  private mutating func copy(_ length: Int, into output: inout OutputBuffer) throws(WireFailure) {
    var remaining = length
    while true {
      let count = min(remaining, available)
      output.append(buffer.bytes.extracting(start..<start &+ count))
      start &+= count
      remaining &-= count
      if remaining == 0 { return }
      if remaining >= Limits.directReceive {
        let before = output.count
        try source.receive(into: &output, upTo: min(remaining, Limits.receiveBuffer))
        remaining &-= output.count &- before
      } else {
        try fill()
      }
    }
  }

  /// Removes `int<1> 0xEF` and `int<1> flags` before an event; returns how many bytes that were.
  ///
  /// An event's first byte, the lowest of its timestamp, can be 0xEF too. Its header tells: it counts the event's bytes in
  /// the `int<4>` at offset 9.
  private static func removeSemiSyncMark(of size: Int, from output: inout OutputBuffer, at start: Int) -> Int {
    guard size >= 15, output.bytes[byteAt: start] == 0xEF else { return 0 }
    guard eventSize(output.bytes, at: start &+ 9) != size, eventSize(output.bytes, at: start &+ 11) == size &- 2 else {
      return 0
    }
    var event = OutputBuffer(capacity: size)
    event.append(output.bytes.extracting(start &+ 2..<start &+ size))
    output.truncate(to: start)
    output.append(event.bytes)
    return 2
  }

  private static func eventSize(_ bytes: RawSpan, at offset: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(bytes[byteAt: offset &+ $1]) &<< (8 &* $1) }
  }

  // MARK: The receive buffer

  /// Receives until `count` bytes are there; `count` is small.
  private mutating func require(_ count: Int) throws(WireFailure) {
    while available < count { try fill() }
  }

  private mutating func fill() throws(WireFailure) {
    makeRoom()
    try source.receive(into: &buffer, upTo: capacity &- buffer.count)
  }

  private mutating func makeRoom() {
    if available == 0 {
      buffer.removeAll()
      start = 0
    } else if start > 0, capacity &- buffer.count < min(Limits.receiveRoom, capacity / 2) {
      buffer.removeFirst(start)
      start = 0
    }
  }
}
