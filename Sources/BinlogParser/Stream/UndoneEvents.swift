import Bytes

/// Which events of a transaction the log itself takes back, with ROLLBACK or ROLLBACK TO, as a replica would.
///
/// Servers log a transaction that was rolled back if they think that something of it remains: MariaDB after CREATE or DROP
/// TEMPORARY TABLE and statements on tables of engines without transactions, MySQL only where it logs statements. Rows of
/// such engines stand in groups of their own, which end with COMMIT; so all rows of what is taken back are.
///
/// Events are numbered from the transaction's first one, its GTID, on.
public struct UndoneEvents: Sendable {
  /// Events of the transaction so far.
  public private(set) var eventCount = 0
  /// The numbers of those that were taken back, in ascending order.
  public private(set) var ranges: [Range<Int>] = []
  private var savepoints: [SavepointName: Int] = [:]
  /// The number of the last savepoint's event.
  private var lastSavepoint = 0

  /// More savepoints than that are no transaction's.
  private static let savepointLimit = 1 << 20

  /// A transaction without events.
  public init() {}

  /// Counts the next event.
  mutating func count() { eventCount += 1 }

  /// Takes in what the event that was counted last says.
  ///
  /// - Throws: `DecodeError` for a savepoint that was not set, where a replica stops too.
  mutating func accept(_ statement: TransactionStatement) throws(DecodeError) {
    switch statement {
    case .savepoint(let name):
      guard savepoints.count < Self.savepointLimit else { throw DecodeError(.tooLarge, at: 0, "number of savepoints") }
      lastSavepoint = eventCount - 1
      savepoints[name] = lastSavepoint
    case .rollbackTo(let name):
      guard let mark = savepoints[name] else { throw DecodeError(.invalid, at: 0, "savepoint of ROLLBACK TO") }
      forgetSavepoints(behind: mark)
      undo(from: mark)
    case .release(let name):
      if let mark = savepoints[name] { forgetSavepoints(behind: mark - 1) }
    case .rollback: undo(from: 0)
    case .begin, .commit, .other: break
    }
  }

  private mutating func forgetSavepoints(behind mark: Int) {
    guard lastSavepoint > mark else { return }
    savepoints = savepoints.filter { $0.value <= mark }
    lastSavepoint = mark
  }

  private mutating func undo(from mark: Int) {
    while let last = ranges.last, last.lowerBound >= mark { ranges.removeLast() }
    ranges.append(mark..<max(mark, eventCount - 1))
  }

  /// The events among those with the numbers `numbers` that were taken back.
  public func ranges(in numbers: Range<Int>) -> [Range<Int>] {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound <= numbers.lowerBound { low = middle + 1 } else { high = middle }
    }
    return ranges[low...].prefix { $0.lowerBound < numbers.upperBound }.map { $0.clamped(to: numbers) }
  }
}
