import BinlogParser
import Bytes

/// The fields of an event's header by which the next event in a file is found.
struct FileEventHeader {
  let type: EventType
  let serverID: UInt32
  let size: Int
  let logPosition: UInt32
  let flags: UInt16

  /// The header `start` bytes into `bytes`; nil where it is not there whole.
  init?(_ bytes: RawSpan, at start: Int) {
    var cursor = ByteCursor(bytes.extracting(start...))
    do {
      try cursor.skip(4, "timestamp")
      type = EventType(rawValue: try cursor.uint8("event_type"))
      serverID = try cursor.uint32("server_id")
      size = Int(try cursor.uint32("event_size"))
      logPosition = try cursor.uint32("log_pos")
      flags = try cursor.uint16("flags")
    } catch {
      return nil
    }
  }

  /// What `log_pos` is for an event that starts at `position` of a server's own file.
  func end(from position: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: position + UInt64(size)) }
}
