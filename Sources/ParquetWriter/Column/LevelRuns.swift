/// The levels of one entry of a column below lists, maps or optional groups.
public struct EntryLevels: Sendable, Equatable {
  /// 0 where a row begins, else the depth of the list or map that goes on.
  let repetition: UInt8
  /// Optional and repeated nodes on the path that are there.
  let definition: UInt8

  /// Levels, each of 0 to 255.
  public init(repetition: Int, definition: Int) {
    self.repetition = UInt8(repetition)
    self.definition = UInt8(definition)
  }
}

/// The levels of the entries of a column, as runs: in lists, all entries but the first have the same.
package struct LevelRuns: ~Copyable, Sendable {
  private var runs: [Run] = []

  private struct Run {
    let levels: EntryLevels
    /// Entries up to the end of the run.
    var end: Int
  }

  package init() {}

  /// Entries so far.
  package var count: Int { runs.last?.end ?? 0 }

  /// Adds `count` entries.
  package mutating func append(_ levels: EntryLevels, count: Int = 1) {
    if let last = runs.last, last.levels == levels {
      runs[runs.count - 1].end += count
    } else {
      runs.append(Run(levels: levels, end: self.count + count))
    }
  }

  /// Forgets all entries; the memory stays up to `limit` bytes.
  package mutating func removeAll(shrinkingTo limit: Int) {
    runs.removeAll(keepingCapacity: runs.capacity * MemoryLayout<Run>.stride <= limit)
  }

  /// Calls `body` for each run within `entries`, in order, with its levels and its number of entries.
  package func forEachRun(in entries: Range<Int>, _ body: (EntryLevels, _ count: Int) -> Void) {
    var run = runs.partitioningIndex { $0.end > entries.lowerBound }
    var start = entries.lowerBound
    while start < entries.upperBound, run < runs.count {
      let end = min(runs[run].end, entries.upperBound)
      body(runs[run].levels, end - start)
      start = end
      run += 1
    }
  }
}

extension Array {
  /// Index of the first element for which `isBehind` is true, as it is for all after it; the count if there is none.
  func partitioningIndex(_ isBehind: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
