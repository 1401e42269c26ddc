import BinlogParser
import Logging

/// Finds the place of a time in a log, where a range of times begins or ends.
///
/// The place of a time T is the first transaction of T or later behind the beginning of the last file that was begun more than an
/// hour before T. Each time has one place, and a later time has no earlier one, whatever the times in the log are: so ranges
/// that share a bound share no transaction, and none between them is missing. The hour is for the times of statements that took
/// long, which are those of their starts: so may be the time of a file that such a statement began.
struct TimestampSearch {
  private let log: SearchedLog
  private let files: [String]

  private static let slackSeconds: UInt32 = 3600

  /// A search in `log`, which has at least one file.
  init(_ log: SearchedLog) {
    self.log = log
    files = log.names
  }

  /// Where a run from `time` on, in seconds since 1970, begins.
  func start(at time: UInt32) throws(RunError) -> ResumePoint {
    let index = try lastFile(before: time)
    let logger = Logger(label: "binlog_reader")
    if index == nil, try begun(files[0]) >= time {
      logger.warning("the log begins after from_timestamp \(time): earlier events were purged, or are in other files")
    }
    return try log.scan(from: files[index ?? 0]) { scan throws(RunError) in
      guard let place = try scan.firstTransaction(since: time) else {
        logger.warning("the log has nothing of from_timestamp \(time) or later: beginning at its end, \(scan.position)")
        return ResumePoint(at: scan.position, gtids: scan.gtids)
      }
      logger.info("from_timestamp \(time) is at \(place.position)")
      return ResumePoint(at: place.position, gtids: place.gtids)
    }
  }

  /// Where a run that begins at `start` ends, so that it has nothing of `time` or later.
  ///
  /// - Parameter isFromEarlierTime: the start is the place of a time that is not later.
  func stop(at time: UInt32, from start: ResumePoint, isFromEarlierTime: Bool) throws(RunError) -> TimeStop {
    let first = BinlogPosition(file: files[try lastFile(before: time) ?? 0], offset: 4)
    if !start.isByGTID {
      // There is nothing of this time between the file's beginning and the start.
      if isFromEarlierTime, first.precedes(start.position) { return TimeStop(time, since: start.position) }
      if !first.precedes(start.position) { return TimeStop(time, since: first) }
    }
    return try log.scan(from: first.file) { scan throws(RunError) in
      guard let place = try scan.firstTransaction(since: time) else { return TimeStop(time, since: scan.position) }
      return TimeStop(time, at: place.position)
    }
  }

  /// The index of the last file that was begun more than the slack before `time`; nil when none was.
  ///
  /// The files that are looked at depend on their numbers alone, and not on how many files were purged before them or
  /// added behind them: where their times are not in order, as after a clock was set back, the answer is the same still.
  private func lastFile(before time: UInt32) throws(RunError) -> Int? {
    let limit = time < Self.slackSeconds ? 0 : time - Self.slackSeconds
    var low = 0
    var high = files.count
    while low < high {
      let middle = roundest(low..<high)
      if try begun(files[middle]) < limit { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? low - 1 : nil
  }

  /// When `file` was begun; behind all times where there is nothing from its beginning on.
  private func begun(_ file: String) throws(RunError) -> UInt32 {
    try log.scan(from: file) { scan throws(RunError) in try scan.beginningOfTransactions() } ?? .max
  }

  /// The index of the file whose number can be halved most often. With numbers in a row, one file is left after at most
  /// twice as many looks as halving needs.
  private func roundest(_ range: Range<Int>) -> Int {
    var best = (index: range.lowerBound, zeros: -1)
    for index in range {
      let number = BinlogFileOrder.number(of: files[index]) ?? UInt64(index)
      if number.trailingZeroBitCount > best.zeros { best = (index, number.trailingZeroBitCount) }
    }
    return best.index
  }
}
