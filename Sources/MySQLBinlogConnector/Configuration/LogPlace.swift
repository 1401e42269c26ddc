import BinlogParser

/// A place in a log as `from` and `to` name it.
package enum LogPlace: Sendable, Equatable {
  /// The end of the log when the run begins.
  case now
  /// The first event that the log still has.
  case oldest
  /// The place of a time, in seconds since 1970.
  case time(UInt32)
  /// A file, and a position in it.
  case file(String, offset: UInt64?)
  /// The place behind these transactions.
  case gtids(GTIDSet)

  /// A text that names no place; why.
  package struct Malformed: Error, Equatable {
    package let reason: String
  }

  /// Reads `text`; times ago are counted from `now`, in seconds since 1970.
  package init(_ text: String, at now: Int) throws(Malformed) {
    if text == "now" {
      self = .now
    } else if text == "oldest" {
      self = .oldest
    } else if let seconds = try Self.secondsAgo(text) {
      self = .time(try Self.headerTime(now - seconds, text))
    } else if let time = try Self.time(text) {
      self = .time(time)
    } else if let place = try Self.file(text) {
      self = place
    } else {
      do throws(GTIDSetError) { self = .gtids(try GTIDSet(text)) } catch {
        throw Malformed(
          reason: "must be now, oldest, a time ago like -1h, a date or a time like 2026-01-31T10:00:00Z, a place like "
            + "binlog.000042:731922, or a GTID set, is \(text.quotedForMessage)")
      }
    }
  }

  /// The seconds of "-90s", "-5m", "-1h" and "-7d"; nil for a text without the sign.
  private static func secondsAgo(_ text: String) throws(Malformed) -> Int? {
    guard text.first == "-" else { return nil }
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    let digits = text.dropFirst().dropLast()
    guard let unit = text.last.flatMap({ units[$0] }), digits.utf8.allSatisfy(\.isDigit), let count = Int(digits),
      !count.multipliedReportingOverflow(by: unit).overflow
    else {
      throw Malformed(reason: "must be a number of s, m, h or d ago like -1h, is \(text.quotedForMessage)")
    }
    return count * unit
  }

  /// The time of a text that begins like a date; nil for any other text.
  private static func time(_ text: String) throws(Malformed) -> UInt32? {
    guard LogTime.beginsLikeDate(text) else { return nil }
    guard let time = LogTime(text) else {
      throw Malformed(
        reason: "must be a date like 2026-01-31, or a time like 2026-01-31 10:00:00, 2026-01-31T10:00:00Z or "
          + "2026-01-31T10:00:00+02:00, is \(text.quotedForMessage)")
    }
    return try headerTime(time.seconds, text)
  }

  private static func headerTime(_ seconds: Int, _ text: String) throws(Malformed) -> UInt32 {
    guard let time = UInt32(exactly: seconds) else {
      throw Malformed(reason: "must be between the years 1970 and 2106, is \(text.quotedForMessage)")
    }
    return time
  }

  /// "binlog.000042", or "binlog.000042:731922"; nil where no binlog file's name stands.
  private static func file(_ text: String) throws(Malformed) -> LogPlace? {
    if BinlogRange.isFileName(text) { return .file(text, offset: nil) }
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let name = String(text[..<colon])
    guard BinlogRange.isFileName(name) else { return nil }
    let digits = text[text.index(after: colon)...]
    guard digits.utf8.allSatisfy(\.isDigit), let offset = Int64(digits), BinlogRange.positions.contains(offset) else {
      throw Malformed(reason: "must have a position of at least 4 behind the file's name, is \(text.quotedForMessage)")
    }
    return .file(name, offset: UInt64(offset))
  }
}
