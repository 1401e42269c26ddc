import Bytes
import CZlib

/// The checksum algorithm that a FORMAT_DESCRIPTION names for its file.
///
/// See <https://dev.mysql.com/doc/refman/8.4/en/replication-options-binary-log.html#sysvar_binlog_checksum>.
public enum EventChecksum: UInt8, Sendable, BitwiseCopyable {
  /// Events end with their body.
  case none = 0
  /// The last four bytes of each event are the CRC-32 of all bytes before them, least significant byte first.
  case crc32 = 1

  /// Bytes at the end of each event.
  public var byteCount: Int { self == .crc32 ? 4 : 0 }

  /// Whether the last four bytes of `event` are the CRC-32 of the others.
  ///
  /// A FORMAT_DESCRIPTION is hashed with its in-use flag cleared, since the server sets and clears it in place.
  package static func matches(_ event: RawSpan, isFormatDescription: Bool) -> Bool {
    let count = event.byteCount - 4
    guard count >= EventHeader.byteCount else { return false }
    var cursor = ByteCursor(event.extracting(last: 4))
    guard let stored = try? cursor.uint32("checksum") else { return false }
    let flagsOffset = EventHeader.byteCount - 2
    guard isFormatDescription else { return checksum(event.extracting(first: count), from: 0) == UInt(stored) }
    var crc = checksum(event.extracting(first: flagsOffset), from: 0)
    let flags = event[byteAt: flagsOffset] & ~UInt8(EventHeader.inUseFlag)
    crc = unsafe withUnsafeBytes(of: flags) { unsafe checksum($0.bytes, from: crc) }
    crc = checksum(event.extracting(flagsOffset + 1..<count), from: crc)
    return crc == UInt(stored)
  }

  private static func checksum(_ bytes: RawSpan, from seed: UInt) -> UInt {
    unsafe bytes.withUnsafeBytes { source in
      unsafe UInt(crc32_z(uLong(seed), source.baseAddress?.assumingMemoryBound(to: Bytef.self), source.count))
    }
  }
}
