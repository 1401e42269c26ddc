import Bytes

/// Which transactions a MySQL server has, or a reader has seen: for each source and tag, intervals of numbers.
///
/// See <https://dev.mysql.com/doc/refman/9.7/en/replication-gtids-concepts.html>.
public struct MySQLGTIDSet: Sendable, Equatable {
  /// The numbers that a transaction can have: 1 to 2^63 − 2.
  static let numbers: ClosedRange<UInt64> = 1...UInt64(Int64.max) - 1

  /// The transactions of one source under one tag.
  struct Source: Sendable, Equatable {
    let id: UUIDBytes
    /// Empty for none.
    let tag: String
    var intervals = GTIDIntervals()
  }

  /// Sorted by id and tag; none is without numbers.
  private(set) var sources: [Source] = []

  /// The set without transactions.
  public init() {}

  /// The transactions of all files before the one that holds `event`.
  public init(_ event: PreviousGTIDsEvent) {
    self.init(
      event.sources.flatMap { source in
        source.intervals.map { Part(id: source.sourceID, tag: source.tag, range: $0) }
      })
  }

  /// Whether there is no transaction.
  public var isEmpty: Bool { sources.isEmpty }

  /// Adds one transaction. A number that no transaction can have (0, or 2^63 − 1 and above) is passed over.
  ///
  /// - Complexity: O(log s) in the number of sources, without allocation, for the number after the last one.
  public mutating func add(source id: UUIDBytes, tag: String = "", number: UInt64) {
    guard Self.numbers.contains(number) else { return }
    let index = index(of: id, tag)
    if !isSource(id, tag, at: index) {
      sources.insert(Source(id: id, tag: tag), at: index)
    }
    sources[index].intervals.insert(number..<number + 1)
  }

  /// Adds the transactions of `other`.
  public mutating func formUnion(_ other: MySQLGTIDSet) {
    self = MySQLGTIDSet(parts + other.parts)
  }

  /// Whether every transaction of `other` is here.
  public func isSuperset(of other: MySQLGTIDSet) -> Bool {
    other.sources.allSatisfy { source in
      let index = index(of: source.id, source.tag)
      return isSource(source.id, source.tag, at: index)
        && sources[index].intervals.isSuperset(of: source.intervals)
    }
  }

  private func isSource(_ id: UUIDBytes, _ tag: String, at index: Int) -> Bool {
    sources.indices.contains(index) && sources[index].id == id && sources[index].tag == tag
  }

  /// Where the source of `id` and `tag` is, or belongs.
  private func index(of id: UUIDBytes, _ tag: String) -> Int {
    var low = 0
    var high = sources.count
    while low < high {
      let middle = (low + high) / 2
      if (sources[middle].id, sources[middle].tag) < (id, tag) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension MySQLGTIDSet {
  /// One interval of one source.
  struct Part {
    let id: UUIDBytes
    let tag: String
    let range: Range<UInt64>
  }

  private var parts: [Part] {
    sources.flatMap { source in source.intervals.ranges.map { Part(id: source.id, tag: source.tag, range: $0) } }
  }

  /// The set of `parts` in any order, in O(n log n).
  init(_ parts: [Part]) {
    let sorted = parts.sorted { ($0.id, $0.tag, $0.range.lowerBound) < ($1.id, $1.tag, $1.range.lowerBound) }
    for part in sorted {
      if !isSource(part.id, part.tag, at: sources.count - 1) {
        sources.append(Source(id: part.id, tag: part.tag))
      }
      sources[sources.count - 1].intervals.insert(part.range)
    }
  }
}
