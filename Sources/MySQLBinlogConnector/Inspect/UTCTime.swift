import Foundation

/// Times of event headers, for and from people.
enum UTCTime {
  /// The seconds since 1970 of "2026-01-31T10:00:00Z"; nil for other texts, and for times that no event header can hold.
  static func seconds(_ text: String) -> UInt32? {
    (try? Date(text, strategy: .iso8601)).flatMap { UInt32(exactly: $0.timeIntervalSince1970) }
  }

  /// "2024-01-31 10:11:12" in UTC; dashes where a header has no time.
  static func text(_ seconds: UInt32) -> String {
    guard seconds > 0 else { return "-".padded(to: 19) }
    let time = Date(timeIntervalSince1970: Double(seconds))
    return time.formatted(
      .iso8601.year().month().day().time(includingFractionalSeconds: false).dateTimeSeparator(.space))
  }
}

extension String {
  /// The text with spaces behind it, up to `count` characters.
  func padded(to count: Int) -> String { self + String(repeating: " ", count: max(0, count - self.count)) }
  /// The text with spaces before it, up to `count` characters.
  func leftPadded(to count: Int) -> String { String(repeating: " ", count: max(0, count - self.count)) + self }
}
