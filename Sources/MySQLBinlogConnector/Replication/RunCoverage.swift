import BinlogParser

/// Record of what a run's range and filter met in the log, over all streams of the run.
final class RunCoverage {
  /// The table filter, which tells `patterns` of the tables that came.
  let filter: TableFilter
  /// The filter's patterns that have matched none of them.
  let patterns: PatternWatch
  /// True if the run goes on where another one ended.
  var isContinued = false
  /// True if anything was in the range.
  var hasEvents = false

  /// The coverage of a run that has not begun, for which `filter` decides.
  init(_ filter: TableFilter) { (self.filter, patterns) = filter.watched() }
}

extension Session {
  /// Warns of a range that held nothing, or else of patterns that matched nothing: both may have been mistyped.
  ///
  /// Of many runs each reads a part only, and says nothing.
  ///
  /// - Parameter ended: whether the run came to the end of its range or of the log.
  func warnOfGaps(ended: Bool) {
    guard !request.isOneOfMany else { return }
    guard coverage.hasEvents else {
      guard ended, configuration.isBounded, !coverage.isContinued else { return }
      return log.warning("the range \(configuration.rangeSummary) held no event: look at its bounds")
    }
    for entry in coverage.patterns.unmatched {
      log.warning(
        "\(entry.list.rawValue) pattern \(entry.text.quotedForMessage) matched no table in this run: look at its spelling; case counts"
      )
    }
  }
}
