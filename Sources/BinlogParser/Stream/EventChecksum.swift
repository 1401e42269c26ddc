import Bytes

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

  /// True if the last four bytes of `event` are the CRC-32 of the others.
  ///
  /// A FORMAT_DESCRIPTION is hashed with its in-use flag cleared, since the server sets and clears it in place.
  package static func matches(_ event: RawSpan, isFormatDescription: Bool) -> Bool {
    let count = event.byteCount - 4
    guard count >= EventHeader.byteCount else { return false }
    var cursor = ByteCursor(event.extracting(last: 4))
    guard let stored = try? cursor.uint32("checksum") else { return false }
    let flagsOffset = EventHeader.byteCount - 2
    guard isFormatDescription else { return CRC32.checksum(of: event.extracting(first: count)) == stored }
    var crc = CRC32.checksum(of: event.extracting(first: flagsOffset))
    let flags = event[byteAt: flagsOffset] & ~UInt8(EventHeader.inUseFlag)
    crc = unsafe withUnsafeBytes(of: flags) { unsafe CRC32.checksum(of: $0.bytes, from: crc) }
    return CRC32.checksum(of: event.extracting(flagsOffset + 1..<count), from: crc) == stored
  }
}
