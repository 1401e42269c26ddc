import Bytes

/// ROTATE: the log goes on in another file.
///
///     int<8>       position   of the first event in that file
///     string<EOF>  next file name
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Rotate__event.html>.
public struct RotateEvent: Sendable, Equatable {
  /// Where the log goes on.
  public let next: BinlogPosition

  /// Reads the event's body.
  ///
  /// - Throws: `DecodeError` for a cut body, an impossible position, or a name that is empty or no file name: output files
  ///   are called after it, so it must not lead out of their folder.
  public init(_ body: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(body)
    let position = try cursor.uint64("position")
    guard position <= BinlogPosition.maximumOffset else { throw DecodeError(.tooLarge, at: 0, "position") }
    let nameOffset = cursor.offset
    let name = cursor.rest()
    guard name.byteCount > 0 else { throw DecodeError(.truncated, at: nameOffset, "next file name") }
    guard Self.isFileName(name) else { throw DecodeError(.invalid, at: nameOffset, "next file name") }
    next = BinlogPosition(file: name.utf8String, offset: position)
  }

  private static func isFileName(_ name: RawSpan) -> Bool {
    guard name.byteCount <= 255 else { return false }
    for index in 0..<name.byteCount {
      switch name[byteAt: index] {
      case 0..<0x20, 0x7F, UInt8(ascii: "/"), UInt8(ascii: "\\"): return false
      default: break
      }
    }
    return true
  }
}
