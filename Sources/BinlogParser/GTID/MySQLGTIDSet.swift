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
    var builder = Builder()
    for source in event.sources { builder.add(source.intervals, of: source.sourceID, tag: source.tag) }
    self.init(builder)
  }

  /// True if there is no transaction.
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
    var added: [Source] = []
    for source in other.sources {
      let index = index(of: source.id, source.tag)
      if isSource(source.id, source.tag, at: index) {
        sources[index].intervals.formUnion(source.intervals)
      } else {
        added.append(source)
      }
    }
    guard !added.isEmpty else { return }
    sources.append(contentsOf: added)
    sources.sort { ($0.id, $0.tag) < ($1.id, $1.tag) }
  }

  /// True if every transaction of `other` is here.
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
  /// Collects intervals in any order for a set of them.
  struct Builder {
    fileprivate struct Key: Hashable {
      let id: UUIDBytes
      let tag: String
    }

    fileprivate var intervals: [Key: [Range<UInt64>]] = [:]

    /// Adds `ranges` of the source `id`.
    mutating func add(_ ranges: some Collection<Range<UInt64>>, of id: UUIDBytes, tag: String) {
      guard !ranges.isEmpty else { return }
      intervals[Key(id: id, tag: tag), default: []].append(contentsOf: ranges)
    }
  }

  /// The set of what `builder` has collected, in O(n log n).
  init(_ builder: Builder) {
    sources = builder.intervals.map { key, ranges in
      Source(id: key.id, tag: key.tag, intervals: GTIDIntervals(ranges))
    }
    sources.sort { ($0.id, $0.tag) < ($1.id, $1.tag) }
  }
}
