import Bytes
import MySQLWire

/// What a server sends, in deliveries of at most `step` bytes, as a slow network would have them.
final class ServerBytes: ByteSource {
  private let bytes: [UInt8]
  private let step: Int
  private var position = 0

  /// Packets, whose sequence numbers are put right: each continues the one before it.
  init(packets: ArraySlice<UInt8>, step: Int) {
    var bytes = Array(packets)
    var start = 0
    var sequence: UInt8 = 0
    while start + 4 <= bytes.count {
      bytes[start + 3] = sequence
      sequence &+= 1
      start += 4 + (0..<3).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
    }
    self.bytes = bytes
    self.step = step
  }

  func receive(into buffer: inout OutputBuffer, upTo count: Int) throws(WireFailure) {
    guard receiveIfReady(into: &buffer, upTo: count) else { throw .closedByPeer }
  }

  func receiveIfReady(into buffer: inout OutputBuffer, upTo count: Int) -> Bool {
    precondition(count > 0, "nothing asked for")
    let end = min(position + min(count, step), bytes.count)
    guard position < end else { return false }
    buffer.append(contentsOf: Array(bytes[position..<end]))
    position = end
    return true
  }
}
