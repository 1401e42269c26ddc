import BinlogParser

/// Where a run begins when no checkpoint says otherwise.
package enum StartSettings: Sendable, Equatable {
  /// At `from_binlog_file` and `from_binlog_position`.
  case position(BinlogPosition)
  /// Behind the transactions of `gtid_set`.
  case gtids(GTIDSet)
  /// At the first event that the server still has, as an empty `gtid_set` says.
  case oldest
  /// At the end of the log when the run begins: `Session.atLogEnd` finds it.
  case now
  /// At the first transaction of `from_timestamp`, in seconds since 1970, or later.
  case timestamp(UInt32)

  /// True if the configuration needs no `from_binlog_file`.
  static func isElsewhere(_ reader: ConfigurationReader) -> Bool {
    reader.has(.gtidSet) || reader.has(.fromTimestamp) || reader.has(.from)
  }

  init(_ reader: inout ConfigurationReader, _ range: BinlogRange, hasServer: Bool) {
    let gtids = reader.gtidSet(.gtidSet)
    let timestamp = reader.timestamp(.fromTimestamp)
    if !hasServer, reader.has(.gtidSet) { reader.report(.gtidSet, "needs a server to ask, and source is file") }
    if reader.has(.gtidSet), reader.has(.fromTimestamp) {
      reader.report(.fromTimestamp, "and gtid_set are two starts: leave one of them out")
    }
    if reader.isNow(.from) {
      self = .now
    } else if reader.has(.gtidSet) {
      self = gtids.map { .gtids($0) } ?? .oldest
    } else if let timestamp {
      self = .timestamp(timestamp)
    } else {
      self = .position(range.from)
    }
  }
}

extension StopCondition {
  init(_ reader: inout ConfigurationReader, hasServer: Bool) {
    let gtids = reader.gtidSet(.toGTIDSet)
    if reader.string(.toGTIDSet)?.isEmpty == true { reader.report(.toGTIDSet, "must not be empty; leave it out") }
    self.init(
      gtids: gtids, timestamp: reader.timestamp(.toTimestamp), endsNow: hasServer && reader.isNow(.to))
  }
}

extension ConfigurationReader {
  /// A GTID set; nil for an empty one too.
  fileprivate mutating func gtidSet(_ key: ConfigurationKey) -> GTIDSet? {
    guard let text = string(key), !text.isEmpty else { return nil }
    do throws(GTIDSetError) {
      return try GTIDSet(text)
    } catch {
      report(key, "is no GTID set: \(error)")
      return nil
    }
  }

  /// A time: seconds since 1970, or "2026-01-31T10:00:00Z".
  fileprivate mutating func timestamp(_ key: ConfigurationKey) -> UInt32? {
    guard case .string(let text) = value(of: key) else {
      return integer(key).map { UInt32($0) }
    }
    guard let seconds = UTCTime.seconds(text) else {
      report(key, "must be seconds since 1970, or a time like 2026-01-31T10:00:00Z, is \(text.quotedForMessage)")
      return nil
    }
    return seconds
  }
}
