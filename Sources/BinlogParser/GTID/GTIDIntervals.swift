/// Transaction numbers as few intervals: sorted, half open, with a gap between each and the next.
struct GTIDIntervals: Sendable, Equatable {
  /// The intervals; the upper bound is not in the interval.
  private(set) var ranges: [Range<UInt64>] = []

  /// No numbers.
  init() {}

  /// The numbers of `ranges`, which are in any order, in O(n log n).
  init(_ ranges: [Range<UInt64>]) {
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) { insert(range) }
  }

  /// Adds the numbers of `other`: a few of them one by one, and many in one pass.
  mutating func formUnion(_ other: GTIDIntervals) {
    if other.ranges.count < ranges.count / 16 {
      for range in other.ranges { insert(range) }
    } else {
      self = GTIDIntervals(ranges + other.ranges)
    }
  }

  /// Adds the numbers of `range`.
  ///
  /// - Complexity: O(1), without allocation, for what continues or lies within the last interval; O(n) else.
  mutating func insert(_ range: Range<UInt64>) {
    guard !range.isEmpty else { return }
    guard let last = ranges.last, range.lowerBound <= last.upperBound else { return ranges.append(range) }
    if range.lowerBound >= last.lowerBound {
      ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
    } else {
      insertBeforeEnd(range)
    }
  }

  private mutating func insertBeforeEnd(_ range: Range<UInt64>) {
    let first = firstIndex { $0.upperBound >= range.lowerBound }
    let end = firstIndex { $0.lowerBound > range.upperBound }
    guard first < end else { return ranges.insert(range, at: first) }
    let lower = min(range.lowerBound, ranges[first].lowerBound)
    let upper = max(range.upperBound, ranges[end - 1].upperBound)
    ranges.replaceSubrange(first..<end, with: CollectionOfOne(lower..<upper))
  }

  /// The index of the first interval for which `condition`, false and then true along the list, is true.
  private func firstIndex(where condition: (Range<UInt64>) -> Bool) -> Int {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if condition(ranges[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// True if every number of `other` is here.
  func isSuperset(of other: GTIDIntervals) -> Bool {
    var index = 0
    for range in other.ranges {
      while index < ranges.count, ranges[index].upperBound < range.upperBound { index += 1 }
      guard index < ranges.count, ranges[index].lowerBound <= range.lowerBound else { return false }
    }
    return true
  }
}

extension GTIDIntervals: CustomStringConvertible {
  /// ":1-5:7".
  var description: String {
    var text = ""
    write(to: &text)
    return text
  }

  /// Appends ":1-5:7".
  func write(to text: inout String) {
    for range in ranges {
      text += ":\(range.lowerBound)"
      if range.upperBound - range.lowerBound > 1 { text += "-\(range.upperBound - 1)" }
    }
  }
}
