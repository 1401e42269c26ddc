/// Which numbers a file's events have: those of all released servers, or those of a few trees before MySQL 5.1.
///
/// Servers with a version such as "5.2.2-a_drop6p13-debug-log" wrote 22 event types, of which those from TABLE_MAP on stood
/// before XID: 16 to 19 are TABLE_MAP and the three kinds of rows, 20 to 22 XID, BEGIN_LOAD_QUERY and EXECUTE_LOAD_QUERY.
/// See the constructor of `Format_description_event` in
/// <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Format__description__event.html>.
public enum EventTypeNumbering: Sendable, Equatable {
  /// Those of `EventType`.
  case released
  /// Rows before XID.
  case rowsBeforeXID

  private static let moved: [UInt8] = [19, 20, 21, 22, 16, 17, 18]
  private static let firstMoved: UInt8 = 16

  /// The numbering of a server of `version` that announces `typeCount` event types.
  init(serverVersion version: String, typeCount: Int) {
    let old = ["5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.5"].map { $0 + "-a_drop5" }
    let older = ["5.1.4", "5.2.0", "5.2.1", "5.2.2"].map { $0 + "-a_drop6" }
    self = typeCount == 22 && (old + older).contains { version.hasPrefix($0) } ? .rowsBeforeXID : .released
  }

  /// The type that the number on the wire means.
  public func type(_ wire: EventType) -> EventType {
    guard self == .rowsBeforeXID, wire.rawValue >= Self.firstMoved else { return wire }
    let index = Int(wire.rawValue - Self.firstMoved)
    return Self.moved.indices.contains(index) ? EventType(rawValue: Self.moved[index]) : wire
  }

  /// The number on the wire that means `type`.
  public func wire(_ type: EventType) -> EventType {
    guard self == .rowsBeforeXID, let index = Self.moved.firstIndex(of: type.rawValue) else { return type }
    return EventType(rawValue: Self.firstMoved + UInt8(index))
  }
}
