import Bytes

/// Where one event lies: its header, its bytes in a chunk, and its place in the binlog file.
public struct EventFrame: Sendable, BitwiseCopyable {
  /// The event's header.
  public let header: EventHeader
  /// True if the event has rows, or describes their table, and its transaction takes them back.
  public package(set) var isRolledBack = false
  /// True if no transaction is open behind the event, as its reader found.
  public package(set) var isBoundary = false
  /// Bytes from the start of the chunk to the event's header.
  public var offset: Int
  /// Bytes of the body, without header and checksum.
  public let bodyCount: Int
  /// Where the event starts in its file; for one that stands in no file, where the next real one starts.
  public let start: UInt64
  /// Where the event ends in its file. 64 bits, also beyond 4 GiB.
  public let end: UInt64

  package init(header: EventHeader, offset: Int, bodyCount: Int, start: UInt64, end: UInt64) {
    self.header = header
    self.offset = offset
    self.bodyCount = bodyCount
    self.start = start
    self.end = end
  }

  /// True if the event stands in no file and moves no position.
  public var isOutsideOfFile: Bool { start == end }

  /// True for the START_ENCRYPTION at whose own place a dump began. MariaDB sends it as for any start in the middle, and
  /// then takes that same event, which is not encrypted, for an encrypted one: all that follows is garbage.
  public var beginsUnreadableDump: Bool {
    header.type == .startEncryption && header.logPosition == 0 && !isOutsideOfFile
  }

  /// The event's body in the chunk that holds it.
  @_lifetime(copy chunk)
  public func body(in chunk: RawSpan) -> RawSpan {
    let bodyStart = offset + EventHeader.byteCount
    return chunk.extracting(bodyStart..<bodyStart + bodyCount)
  }
}
