import Bytes
import MySQLWire

/// Bytes from a list of deliveries: each call of `receive` gives at most one of them, as a slow network would.
final class ScriptedSource: ByteSource {
  private var deliveries: [[UInt8]]
  /// How often the reader asked.
  private(set) var calls = 0

  init(_ bytes: [UInt8], chunk: Int) {
    deliveries = stride(from: 0, to: bytes.count, by: max(chunk, 1)).map {
      Array(bytes[$0..<min($0 + max(chunk, 1), bytes.count)])
    }
  }

  init(deliveries: [[UInt8]]) { self.deliveries = deliveries }

  func receive(into buffer: inout OutputBuffer, upTo count: Int) throws(WireFailure) {
    guard try receiveIfReady(into: &buffer, upTo: count) else { throw .closedByPeer }
  }

  func receiveIfReady(into buffer: inout OutputBuffer, upTo count: Int) throws(WireFailure) -> Bool {
    calls += 1
    guard let first = deliveries.first else { return false }
    precondition(count > 0, "asked for nothing")
    buffer.append(contentsOf: Array(first.prefix(count)))
    if first.count > count { deliveries[0] = Array(first.dropFirst(count)) } else { deliveries.removeFirst() }
    return true
  }
}

/// A small generator whose runs can be repeated: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// `payload` as packets from `sequence` on.
func packets(_ payload: [UInt8], from sequence: UInt8 = 0) -> [UInt8] {
  var sequence = sequence
  var source = OutputBuffer()
  source.append(contentsOf: payload)
  var output = OutputBuffer()
  PacketWriter.append(source.bytes, sequence: &sequence, to: &output)
  return output.array
}

/// The bytes of a hexadecimal text.
func bytes(hex: String) -> [UInt8] {
  let digits = Array(hex.utf8)
  return stride(from: 0, to: digits.count - 1, by: 2).map {
    UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16) ?? 0
  }
}

/// Calls `decode` with every prefix of `payload` and with every single bit of it flipped: an error or a value, never a trap.
func torture(_ payload: [UInt8], _ decode: (RawSpan) throws -> Void) {
  for count in 0...payload.count {
    let prefix = Array(payload.prefix(count))
    try? decode(prefix.span.bytes)
  }
  for bit in 0..<payload.count * 8 {
    var flipped = payload
    flipped[bit / 8] ^= 1 << UInt8(bit % 8)
    try? decode(flipped.span.bytes)
  }
}

/// What an encoder appends.
func encoded(_ encode: (inout OutputBuffer) -> Void) -> [UInt8] {
  var output = OutputBuffer()
  encode(&output)
  return output.array
}
