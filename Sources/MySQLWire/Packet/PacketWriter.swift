import Bytes

/// Puts payloads into packets: `int<3> payload_length`, `int<1> sequence_id`, `payload`.
///
/// A payload of 0xFFFFFF bytes or more is split; one whose size is a multiple of it ends with an empty packet.
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html>.
package enum PacketWriter {
  /// Appends `payload` as packets to `output`. `sequence` numbers the first, and is left at the number after the last.
  package static func append(_ payload: RawSpan, sequence: inout UInt8, to output: inout OutputBuffer) {
    var offset = 0
    while true {
      let count = min(payload.byteCount - offset, Limits.packetPayload)
      output.reserve(count + 4)
      output.appendLittleEndian(UInt32(count) | UInt32(sequence) << 24)
      output.append(payload.extracting(offset..<offset + count))
      sequence &+= 1
      offset += count
      if count < Limits.packetPayload { return }
    }
  }
}

extension OutputBuffer {
  /// Appends `int<lenenc>`.
  package mutating func appendLengthEncoded(_ value: Int) {
    let value = UInt64(max(value, 0))
    switch value {
    case ..<0xFB:
      append(UInt8(value))
    case ..<0x1_0000:
      append(0xFC)
      appendLittleEndian(UInt16(value))
    case ..<0x100_0000:
      append(0xFD)
      appendLittleEndian(UInt16(truncatingIfNeeded: value))
      append(UInt8(truncatingIfNeeded: value >> 16))
    default:
      append(0xFE)
      appendLittleEndian(value)
    }
  }

  /// Appends `string<lenenc>`.
  package mutating func appendLengthEncoded(_ bytes: [UInt8]) {
    appendLengthEncoded(bytes.count)
    append(contentsOf: bytes)
  }

  /// Appends `string<NUL>`; the caller has checked that `text` has no NUL.
  package mutating func appendNulTerminated(_ text: String) {
    append(text)
    append(0)
  }
}
