/// The transaction numbers of one source in a file: the lowest and the highest, whatever lies between.
public struct GTIDRange: Sendable, Equatable {
  /// What stands before the number: a UUID, with a tag behind it or not, or MariaDB's domain and server.
  public let source: String
  /// The lowest number.
  public private(set) var first: UInt64
  /// The highest number.
  public private(set) var last: UInt64

  /// Takes `gtid`, "uuid:number" or "domain-server-number", into the ranges.
  static func add(_ gtid: String, to ranges: inout [GTIDRange]) {
    let separator: Character = gtid.contains(":") ? ":" : "-"
    guard let cut = gtid.lastIndex(of: separator), let number = UInt64(gtid[gtid.index(after: cut)...]) else { return }
    let source = String(gtid[...cut])
    guard let index = ranges.firstIndex(where: { $0.source == source }) else {
      ranges.append(GTIDRange(source: source, first: number, last: number))
      return
    }
    ranges[index].first = min(ranges[index].first, number)
    ranges[index].last = max(ranges[index].last, number)
  }
}

extension GTIDRange: CustomStringConvertible {
  /// "uuid:3 to uuid:9".
  public var description: String { first == last ? "\(source)\(first)" : "\(source)\(first) to \(source)\(last)" }
}
