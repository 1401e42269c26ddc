/// Makes binlog events, and finds them in a file: apart from the code under test, so that one can judge the other.
public enum BinlogEvents {
  /// Bytes of an event's header.
  public static let headerByteCount = 19
  /// The type code of FORMAT_DESCRIPTION, whose checksum leaves the in-use flag out.
  public static let formatDescription: UInt8 = 15

  /// An event of `type` with `body`, as a server sends it; a `checksum` adds the CRC-32.
  ///
  /// `logPosition` is where the event ends in its file.
  public static func event(
    _ type: UInt8, _ body: [UInt8] = [], timestamp: UInt32 = 1_700_000_000, serverID: UInt32 = 1,
    logPosition: UInt32 = 0, flags: UInt16 = 0, checksum: Bool = false
  ) -> [UInt8] {
    let size = headerByteCount + body.count + (checksum ? 4 : 0)
    var event = littleEndian(timestamp) + [type] + littleEndian(serverID) + littleEndian(UInt32(size))
    event += littleEndian(logPosition) + littleEndian(flags) + body
    return checksum ? event + littleEndian(CRC32.of(event)) : event
  }

  /// The body of a FORMAT_DESCRIPTION of `version` with `postHeaderLengths`, and, unless it is nil, `algorithm` and
  /// room for the checksum.
  public static func formatDescription(
    version: String = "8.0.40", postHeaderLengths: [UInt8] = [UInt8](repeating: 8, count: 41), algorithm: UInt8? = 0
  ) -> [UInt8] {
    let name = Array(version.utf8.prefix(50))
    var body: [UInt8] = [4, 0] + name + [UInt8](repeating: 0, count: 50 - name.count) + [0, 0, 0, 0, 19]
    body += postHeaderLengths
    if let algorithm { body += [algorithm, 0, 0, 0, 0] }
    return body
  }

  /// `event` with the size that its bytes must have, and in its last four bytes their CRC-32 unless `checksum` is false.
  public static func sealed(_ event: [UInt8], checksum: Bool = true) -> [UInt8] {
    guard event.count >= headerByteCount else { return event }
    var event = event
    event.replaceSubrange(9..<13, with: littleEndian(UInt32(event.count)))
    guard checksum, event.count >= headerByteCount + 4 else { return event }
    var hashed = event.dropLast(4)
    if event[4] == formatDescription { hashed[17] &= 0xFE }
    event.replaceSubrange(event.count - 4..<event.count, with: littleEndian(CRC32.of(hashed)))
    return event
  }

  /// Where each event lies in a file that starts with four magic bytes; the last one may be cut.
  public static func ranges(in file: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 4
    while start + headerByteCount <= file.count {
      let size = (0..<4).reduce(0) { $0 | Int(file[start + 9 + $1]) << (8 * $1) }
      let end = min(start + max(size, headerByteCount), file.count)
      ranges.append(start..<end)
      start = end
    }
    return ranges
  }

  /// An integer, least significant byte first.
  public static func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> T($0 * 8)) }
  }

  /// An `int<lenenc>`.
  public static func lenenc(_ value: UInt64) -> [UInt8] {
    switch value {
    case ..<0xFB: [UInt8(value)]
    case ..<0x1_0000: [0xFC] + littleEndian(UInt16(value))
    case ..<0x100_0000: [0xFD] + littleEndian(UInt32(value)).dropLast()
    default: [0xFE] + littleEndian(value)
    }
  }

  /// A `string<lenenc>`.
  public static func lenenc(_ bytes: some Collection<UInt8>) -> [UInt8] { lenenc(UInt64(bytes.count)) + bytes }
}
