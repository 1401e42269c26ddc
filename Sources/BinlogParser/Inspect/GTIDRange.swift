/// The transaction numbers of one source in a file: the lowest and the highest, whatever lies between.
public struct GTIDRange: Sendable, Equatable {
  /// What stands before the number: a UUID, with a tag behind it or not, or MariaDB's domain and server.
  public let source: String
  /// The lowest number.
  public private(set) var first: UInt64
  /// The highest number.
  public private(set) var last: UInt64

  fileprivate mutating func add(_ number: UInt64) {
    first = min(first, number)
    last = max(last, number)
  }
}

/// The ranges of all sources of a file.
struct GTIDRanges: Sendable {
  /// In the order in which the sources came.
  private(set) var ranges: [GTIDRange] = []
  /// Index of each source's range.
  private var places: [String: Int] = [:]

  /// Takes `gtid`, "uuid:number" or "domain-server-number", into the ranges.
  mutating func add(_ gtid: String) {
    let separator: Character = gtid.contains(":") ? ":" : "-"
    guard let cut = gtid.lastIndex(of: separator), let number = UInt64(gtid[gtid.index(after: cut)...]) else { return }
    let source = String(gtid[...cut])
    guard let place = places[source] else {
      places[source] = ranges.count
      return ranges.append(GTIDRange(source: source, first: number, last: number))
    }
    ranges[place].add(number)
  }
}

extension GTIDRange: CustomStringConvertible {
  /// "uuid:3 to uuid:9".
  public var description: String { first == last ? "\(source)\(first)" : "\(source)\(first) to \(source)\(last)" }
}
