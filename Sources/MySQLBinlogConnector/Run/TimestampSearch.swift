import BinlogParser
import Logging

/// Finds the place of a time in a server's log: the file by halving its list of files, each of which tells when it was
/// begun, and the transaction by looking through that file.
struct TimestampSearch {
  private let replica: Replica
  private let files: [String]

  /// A search in `files`, in the order of the log.
  init(_ replica: Replica, _ files: [String]) {
    self.replica = replica
    self.files = files
  }

  /// Where the first transaction starts that begins at `time`, in seconds since 1970, or later.
  func start(at time: UInt32) throws(RunError) -> StreamStart {
    let index = try lastFile(before: time)
    let log = Logger(label: "binlog_reader")
    if index == nil { log.warning("the server's log begins after from_timestamp \(time): earlier events were purged") }
    let start = try LogScan.run(replica, files[index ?? 0]) { scan throws(RunError) in
      try scan.firstTransaction(since: time)
    }
    log.info("from_timestamp \(time) is at \(start)")
    return start
  }

  /// The index of the last file that was begun before `time`; nil when none was.
  private func lastFile(before time: UInt32) throws(RunError) -> Int? {
    var low = 0
    var high = files.count
    while low < high {
      let middle = (low + high) / 2
      let begun = try LogScan.run(replica, files[middle]) { scan throws(RunError) in try scan.beginning() }
      if (begun ?? 0) < time { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? low - 1 : nil
  }
}
