import Bytes

/// The 19 bytes before every event of binlog version 4.
///
///     int<4> timestamp    seconds since 1970
///     int<1> event_type
///     int<4> server_id
///     int<4> event_size   bytes of the whole event: header, body and checksum
///     int<4> log_pos      where the next event starts; 0 in events that stand in no file
///     int<2> flags
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication_binlog_event.html>.
public struct EventHeader: Sendable, BitwiseCopyable {
  /// Bytes of the header.
  public static let byteCount = 19

  /// Seconds since 1970.
  public let timestamp: UInt32
  /// What the body holds.
  public let type: EventType
  /// The server that first wrote the event.
  public let serverID: UInt32
  /// Bytes of the whole event.
  public let eventSize: UInt32
  /// The low 32 bits of the position after the event, or 0.
  public let logPosition: UInt32
  /// The event's flags.
  public let flags: UInt16

  /// In a FORMAT_DESCRIPTION: the server writes this file still, or died while it did.
  public static let inUseFlag: UInt16 = 0x0001
  /// The event was made up by the server for this reader, and stands in no file.
  public static let artificialFlag: UInt16 = 0x0020
  /// Readers that do not know the event's type may pass it over.
  public static let ignorableFlag: UInt16 = 0x0080

  /// True if a reader that does not know the event's type may pass it over.
  public var isIgnorable: Bool { flags & Self.ignorableFlag != 0 }
  /// True if the server made the event up for this reader.
  public var isArtificial: Bool { flags & Self.artificialFlag != 0 }

  /// True for an event that stands in no file where the dump is, and moves no position: one that the server made up, or
  /// one that it repeats from the head of the file, without `log_pos`, for a dump that begins in the middle. Those are the
  /// format, and in an encrypted log of MariaDB the START_ENCRYPTION behind it.
  var isMadeUp: Bool {
    if isArtificial || type.isHeartbeat { return true }
    guard logPosition == 0 else { return false }
    return type == .rotate || type == .formatDescription || type == .startEncryption
  }

  /// Reads a header.
  ///
  /// - Throws: `DecodeError` when fewer than 19 bytes are there, or when `event_size` is less than that.
  @_lifetime(cursor: copy cursor)
  public init(_ cursor: inout ByteCursor) throws(DecodeError) {
    timestamp = try cursor.uint32("timestamp")
    type = EventType(rawValue: try cursor.uint8("event_type"))
    serverID = try cursor.uint32("server_id")
    let sizeOffset = cursor.offset
    eventSize = try cursor.uint32("event_size")
    logPosition = try cursor.uint32("log_pos")
    flags = try cursor.uint16("flags")
    guard eventSize >= UInt32(Self.byteCount) else { throw DecodeError(.invalid, at: sizeOffset, "event_size") }
  }

  /// The same header with the type that its number means in `numbering`.
  package func renumbered(_ numbering: EventTypeNumbering?) -> EventHeader {
    guard let numbering, numbering != .released else { return self }
    return EventHeader(self, type: numbering.type(type))
  }

  private init(_ header: EventHeader, type: EventType) {
    timestamp = header.timestamp
    self.type = type
    serverID = header.serverID
    eventSize = header.eventSize
    logPosition = header.logPosition
    flags = header.flags
  }
}
