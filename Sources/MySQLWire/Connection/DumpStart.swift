/// From where a binlog dump is asked for.
public enum DumpStart: Sendable, Equatable {
  /// An event's place in a file.
  case position(file: String, offset: UInt64)
  /// MySQL: behind the transactions of a GTID set, as the server encodes it; `text` is the set for people.
  case gtidSet(encoded: [UInt8], text: String)
  /// MariaDB: behind the last transaction of each domain, "0-1-100,1-2-7".
  case gtidPosition(String)
}

extension DumpStart: CustomStringConvertible {
  /// A set can have thousands of intervals.
  private static let longestShown = 200

  /// "binlog.000042:1234", or "GTID set …".
  public var description: String {
    switch self {
    case .position(let file, let offset): "\(file):\(offset)"
    case .gtidSet(_, let text), .gtidPosition(let text):
      "GTID set '\(text.count > Self.longestShown ? text.prefix(Self.longestShown) + "…" : text[...])'"
    }
  }
}
