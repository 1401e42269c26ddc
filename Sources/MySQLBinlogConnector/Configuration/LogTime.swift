/// A time as people write it: a date, or a date and a time, with or without a zone; without one it is UTC.
///
///     2026-01-31
///     2026-01-31 10:00     2026-01-31T10:00:00     2026-01-31 10:00:00Z     2026-01-31T10:00:00+02:00     …+0200     …+02
struct LogTime {
  /// Seconds since 1970.
  let seconds: Int

  /// Says whether `text` begins with a date, and nothing but a time can follow.
  static func beginsLikeDate(_ text: String) -> Bool {
    var fields = Fields(text)
    guard fields.number(4) != nil, fields.take("-"), fields.number(2) != nil, fields.take("-"), fields.number(2) != nil
    else { return false }
    return fields.isAtEnd || fields.takeSeparator()
  }

  /// Reads `text`; nil for a text that is no time.
  init?(_ text: String) {
    var fields = Fields(text)
    guard let year = fields.number(4), fields.take("-"), let month = fields.number(2), fields.take("-"),
      let day = fields.number(2), (1...12).contains(month), (1...Self.days(in: month, year)).contains(day)
    else { return nil }
    var seconds = Self.daysSince1970(year, month, day) * 86_400
    if !fields.isAtEnd {
      guard fields.takeSeparator(), let time = Self.timeOfDay(&fields), let offset = Self.zone(&fields), fields.isAtEnd
      else { return nil }
      seconds += time - offset
    }
    self.seconds = seconds
  }

  /// Hours and minutes, perhaps seconds, perhaps a fraction of zeros: a log has whole seconds.
  private static func timeOfDay(_ fields: inout Fields) -> Int? {
    guard let hour = fields.number(2), hour < 24, fields.take(":"), let minute = fields.number(2), minute < 60 else {
      return nil
    }
    guard fields.take(":") else { return hour * 3600 + minute * 60 }
    guard let second = fields.number(2), second < 60 else { return nil }
    if fields.take(".") {
      guard fields.take("0") else { return nil }
      while fields.take("0") {}
    }
    return hour * 3600 + minute * 60 + second
  }

  /// Seconds by which the zone is ahead of UTC.
  private static func zone(_ fields: inout Fields) -> Int? {
    if fields.isAtEnd || fields.take("Z") || fields.take("z") { return 0 }
    _ = fields.take(" ")
    if fields.take("U") { return fields.take("T") && fields.take("C") ? 0 : nil }
    let isAhead = fields.take("+")
    guard isAhead || fields.take("-"), let hours = fields.number(2), hours <= 14 else { return nil }
    var offset = hours * 3600
    if !fields.isAtEnd {
      _ = fields.take(":")
      guard let minutes = fields.number(2), minutes < 60 else { return nil }
      offset += minutes * 60
    }
    return isAhead ? offset : -offset
  }

  private static func days(in month: Int, _ year: Int) -> Int {
    let isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// Days of the Gregorian calendar; a year begins with March, so that the leap day is its last.
  private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month > 2 ? year : year - 1
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return 365 * year + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
  }

  /// The characters of a text, taken from its beginning.
  private struct Fields {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard let first = rest.first, first == UInt8(ascii: character) else { return false }
      rest.removeFirst()
      return true
    }

    mutating func takeSeparator() -> Bool { take("T") || take("t") || take(" ") }

    /// A number of exactly `count` digits.
    mutating func number(_ count: Int) -> Int? {
      let digits = rest.prefix(count)
      guard digits.count == count, digits.allSatisfy(\.isDigit), let number = Int(Substring(digits)) else { return nil }
      rest.removeFirst(count)
      return number
    }
  }
}

extension UInt8 {
  /// Says whether it is an ASCII digit.
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
