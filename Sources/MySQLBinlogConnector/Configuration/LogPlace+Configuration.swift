import BinlogParser

extension ConfigurationReader {
  /// Translates `from` and `to` into the keys that say the same, which all else reads.
  ///
  /// - Parameter now: seconds since 1970.
  mutating func translatePlaces(hasServer: Bool, at now: Int) {
    if let place = place(.from, insteadOf: [.fromBinlogFile, .fromBinlogPosition, .fromTimestamp, .gtidSet], at: now) {
      translateStart(place, hasServer: hasServer)
    }
    if let place = place(.to, insteadOf: [.toBinlogFile, .toBinlogPosition, .toTimestamp, .toGTIDSet], at: now) {
      translateEnd(place)
    }
  }

  /// The place that `key` names, beside which none of `others` may stand.
  private mutating func place(
    _ key: ConfigurationKey, insteadOf others: [ConfigurationKey], at now: Int
  ) -> LogPlace? {
    guard let text = text(key) else { return nil }
    let given = others.filter(has)
    guard given.isEmpty else {
      let names = given.map(\.rawValue).joined(separator: ", ")
      report(key, "stands for \(names): leave one of them out")
      return nil
    }
    do throws(LogPlace.Malformed) { return try LogPlace(text, at: now) } catch {
      report(key, error.reason)
      return nil
    }
  }

  private mutating func translateStart(_ place: LogPlace, hasServer: Bool) {
    switch place {
    case .now where !hasServer: report(.from, "must not be now with files: they have nothing behind their end")
    case .now: break
    case .oldest: if hasServer { set(.gtidSet, .string(""), from: .from) }
    case .time(let time): set(.fromTimestamp, .integer(Int64(time)), from: .from)
    case .file(let name, let offset):
      set(.fromBinlogFile, .string(name), from: .from)
      set(.fromBinlogPosition, .integer(Int64(clamping: offset ?? 4)), from: .from)
    case .gtids(let gtids):
      // An empty set is spelled "oldest".
      set(.gtidSet, .string(gtids.description), from: .from)
    }
  }

  private mutating func translateEnd(_ place: LogPlace) {
    switch place {
    case .now: break
    case .oldest: report(.to, "must not be oldest: nothing lies before it")
    case .time(let time): set(.toTimestamp, .integer(Int64(time)), from: .to)
    case .file(let name, let offset):
      set(.toBinlogFile, .string(name), from: .to)
      if let offset { set(.toBinlogPosition, .integer(Int64(clamping: offset)), from: .to) }
    case .gtids(let gtids): set(.toGTIDSet, .string(gtids.description), from: .to)
    }
  }

  /// Says whether `key`, which is `from` or `to`, is the end of the log when the run begins.
  func isNow(_ key: ConfigurationKey) -> Bool { value(of: key) == .string("now") }

  /// Reports an end that lies before the start, where both are times or GTID sets; `now` is in seconds since 1970.
  mutating func checkOrder(_ start: StartSettings, _ stop: StopCondition, at now: Int) {
    let from: Int?
    switch start {
    case .timestamp(let time): from = Int(time)
    case .now: from = now
    default: from = nil
    }
    if let from {
      let to = stop.timestamp.map { Int($0) } ?? (stop.endsNow ? now : nil)
      let first = start == .now ? ConfigurationKey.from.rawValue : name(of: .fromTimestamp)
      if let to, to < from { report(stop.endsNow ? .to : .toTimestamp, "lies before \(first)") }
    }
    if case .gtids(let gtids) = start, let last = stop.gtids, last != gtids, gtids.isSuperset(of: last) {
      report(.toGTIDSet, "lies before \(name(of: .gtidSet))")
    }
  }
}
