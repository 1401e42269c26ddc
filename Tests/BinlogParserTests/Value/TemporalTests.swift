import BinlogParser
import Bytes
import Testing

/// Bytes of row events and SELECT's text (time_zone '+00:00', sql_mode ALLOW_INVALID_DATES), MySQL 9.7.4; the old types
/// by MariaDB 11.8.6 with mysql56_temporal_format=OFF.
@Suite struct TemporalTests {
  @Test(arguments: [
    ("000000", "0000-00-00"), ("00d00f", "2024-00-00"), ("9f1f4e", "9999-12-31"), ("5fce0f", "2023-02-31"),
    ("21d007", "1000-01-01"),
  ])
  func date(hex: String, text: String) throws {
    #expect(try date(bytes(hex: hex)) == text)
  }

  @Test(arguments: [
    (0, "8000000000", "0000-00-00 00:00:00"), (0, "99b200a2cc", "2024-00-00 10:11:12"),
    (0, "fef3ff7efb", "9999-12-31 23:59:59"), (3, "99b27ea2cc04ce", "2024-01-31 10:11:12.123"),
    (1, "99b27ea2cc5a", "2024-01-31 10:11:12.9"), (6, "8cb2420000000001", "1000-01-01 00:00:00.000001"),
  ])
  func dateTime(digits: Int, hex: String, text: String) throws {
    #expect(try dateTime(bytes(hex: hex), digits) == text)
  }

  @Test(arguments: [
    ("0000000000000000", "0000-00-00 00:00:00"), ("f82a047e68120000", "2024-00-00 10:11:12"),
    ("7787d105f15a0000", "9999-12-31 23:59:59"),
  ])
  func oldDateTime(hex: String, text: String) throws {
    #expect(try oldDateTime(bytes(hex: hex)) == text)
  }

  @Test(arguments: [
    (0, "00000001", "1970-01-01 00:00:01"), (0, "7fffffff", "2038-01-19 03:14:07"),
    (0, "00000000", "0000-00-00 00:00:00"), (3, "65e0584004ce", "2024-02-29 10:11:12.123"),
    (3, "000000000000", "0000-00-00 00:00:00.000"), (6, "3a4fc87f0f423f", "2000-12-31 23:59:59.999999"),
    (3, "fdedaa001388", "2105-01-01 00:00:00.500"),  // MariaDB 11.8.6
  ])
  func timestamp(digits: Int, hex: String, text: String) throws {
    #expect(try timestamp(bytes(hex: hex), digits) == text)
    let rfc3339 = text.replacing(" ", with: "T") + "Z"
    #expect(
      try reading(bytes(hex: hex)) { cursor, out throws(DecodeError) in
        try Timestamp.read(&cursor, fractionDigits: digits).appendRFC3339(to: &out, fractionDigits: digits)
      } == rfc3339)
  }

  @Test(arguments: [
    ("01000000", "1970-01-01 00:00:01"), ("ffffff7f", "2038-01-19 03:14:07"), ("00000000", "0000-00-00 00:00:00"),
  ])
  func oldTimestamp(hex: String, text: String) throws {
    #expect(
      try reading(bytes(hex: hex)) { cursor, out throws(DecodeError) in
        try Timestamp.readOld(&cursor).append(to: &out, fractionDigits: 0)
      } == text)
  }

  @Test(arguments: [
    (0, "4b9105", "-838:59:59"), (0, "800000", "00:00:00"), (0, "7fffff", "-00:00:01"), (0, "864000", "100:00:00"),
    (2, "7fffffff", "-00:00:00.01"), (2, "7f5d33ce", "-10:11:12.50"), (3, "7ffffffff6", "-00:00:00.001"),
    (3, "4b9105d8fa", "-838:59:58.999"), (6, "4b9105000000", "-838:59:59.000000"),
    (6, "7ffffeffffff", "-00:00:01.000001"), (6, "80c00007a120", "12:00:00.500000"),
    (6, "4b9104f0bdc1", "-838:59:59.999999"),
  ])
  func time(digits: Int, hex: String, text: String) throws {
    #expect(try time(bytes(hex: hex), digits) == text)
  }

  @Test(arguments: [
    ("590a80", "-838:59:59"), ("000000", "00:00:00"), ("ffffff", "-00:00:01"), ("40420f", "100:00:00"),
  ])
  func oldTime(hex: String, text: String) throws {
    #expect(try oldTime(bytes(hex: hex)) == text)
  }

  @Test(arguments: [(0, 0), (1, 1901), (255, 2155)] as [(UInt8, UInt16)])
  func year(stored: UInt8, year: UInt16) throws {
    let bytes = [stored]
    var cursor = ByteCursor(bytes.span.bytes)
    #expect(try Year.read(&cursor) == year)
  }

  @Test func everyDayOfTheCalendarInOrder() throws {
    var (year, month, day) = (1970, 1, 1)
    for days in UInt32(0)...UInt32.max / 86_400 {
      let seconds = days * 86_400 + min(days % 86_400, UInt32.max - days * 86_400)
      let bytes = (0..<4).reversed().map { UInt8(truncatingIfNeeded: seconds >> ($0 * 8)) }
      let date = padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
      if seconds > 0 { #expect(try timestamp(bytes, 0).prefix(10) == date) }
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      day += 1
      if day > [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] {
        (month, day) = (month + 1, 1)
      }
      if month > 12 { (year, month) = (year + 1, 1) }
    }
  }

  @Test func everyDateOfTheYears0To9999() throws {
    var out = OutputBuffer(capacity: 64)
    for year in 0...9999 {
      for month in 0...12 {
        let stored = UInt32(year << 9 | month << 5)
        let prefix = padded(year, 4) + "-" + padded(month, 2) + "-"
        for day in UInt32(0)...31 {
          let bytes = (0..<3).map { UInt8(truncatingIfNeeded: (stored | day) >> ($0 * 8)) }
          var cursor = ByteCursor(bytes.span.bytes)
          out.removeAll()
          try CivilDate.read(&cursor).append(to: &out)
          let isRight = out.bytes[byteAt: 8] == 48 + UInt8(day / 10) && out.bytes[byteAt: 9] == 48 + UInt8(day % 10)
          if !isRight || out.count != 10 || day == 0 && !out.array.starts(with: prefix.utf8) {
            Issue.record("\(prefix)\(day): \(out.array)")
          }
        }
      }
    }
  }

  @Test(arguments: 0...6) func randomDateTimesAndTimes(digits: Int) throws {
    var random = SplitMix64(seed: UInt64(digits))
    let bytesOfFraction = (digits + 1) / 2
    for _ in 0..<5_000 {
      let fraction = Int.random(in: 0..<1_000_000, using: &random) / power(10, 6 - digits) * power(10, 6 - digits)
      let stored = fraction / power(100, 3 - bytesOfFraction)
      let text = digits == 0 ? "" : "." + padded(fraction, 6).prefix(digits)
      let (year, month, day) = (random.below(10_000), random.below(13), random.below(32))
      let (hour, minute, second) = (random.below(24), random.below(60), random.below(60))
      let packed = 1 << 39 | (year * 13 + month) << 22 | day << 17 | hour << 12 | minute << 6 | second
      #expect(
        try dateTime(bigEndian(packed << (8 * bytesOfFraction) | stored, 5 + bytesOfFraction), digits)
          == "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2)) "
          + "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))\(text)")
      let hours = random.below(839)
      let magnitude = (hours << 12 | minute << 6 | second) << (8 * bytesOfFraction) | stored
      let isNegative = random.below(2) == 1 && magnitude > 0
      let time = 1 << (23 + 8 * bytesOfFraction) + (isNegative ? -magnitude : magnitude)
      #expect(
        try self.time(bigEndian(time, 3 + bytesOfFraction), digits)
          == "\(isNegative ? "-" : "")\(padded(hours, 2)):\(padded(minute, 2)):\(padded(second, 2))\(text)")
    }
  }

  @Test(arguments: [-1, 7, 255]) func noSuchPrecision(digits: Int) {
    let bytes = [UInt8](repeating: 0x80, count: 16)
    #expect(throws: DecodeError.self) { try dateTime(bytes, digits) }
    #expect(throws: DecodeError.self) { try timestamp(bytes, digits) }
    #expect(throws: DecodeError.self) { try time(bytes, digits) }
  }

  @Test func partsBeyondTheirRangeAreInvalid() {
    #expect(throws: DecodeError.self) { try date(bytes(hex: "a1d10f")) }  // month 13
    #expect(throws: DecodeError.self) { try date(bytes(hex: "21204e")) }  // year 10000
    #expect(throws: DecodeError.self) { try dateTime(bytes(hex: "00b27ea2cc"), 0) }  // below zero
    #expect(throws: DecodeError.self) { try dateTime(bytes(hex: "99b27fa2cc"), 0) }  // hour 26
    #expect(throws: DecodeError.self) { try dateTime(bytes(hex: "99b27ea2fc"), 0) }  // second 60
    #expect(throws: DecodeError.self) { try dateTime(bytes(hex: "99b27ea2cc64"), 2) }  // 100 hundredths
    #expect(throws: DecodeError.self) { try timestamp(bytes(hex: "65e058400f4240"), 6) }  // 1000000 millionths
    #expect(throws: DecodeError.self) { try time(bytes(hex: "b47000"), 0) }  // 839 hours
    #expect(throws: DecodeError.self) { try time(bytes(hex: "000000"), 0) }
    #expect(throws: DecodeError.self) { try time(bytes(hex: "80003c"), 0) }  // second 60
    #expect(throws: DecodeError.self) { try oldTime(bytes(hex: "ffff7f")) }  // 838:86:07
    #expect(throws: DecodeError.self) { try oldDateTime(bytes(hex: "7887d105f15a0000")) }
    #expect(throws: DecodeError.self) { try oldDateTime(bytes(hex: "ffffffffffffffff")) }
  }

  @Test func damagedBytes() {
    damage(bytes(hex: "99b27ea2cc01e240")) { _ = try? dateTime($0, 6) }
    damage(bytes(hex: "f82a047e68120000")) { _ = try? oldDateTime($0) }
    damage(bytes(hex: "65e0584001e240")) { _ = try? timestamp($0, 6) }
    damage(bytes(hex: "7ffffeffffff")) { _ = try? time($0, 6) }
    damage(bytes(hex: "590a80")) { _ = try? oldTime($0) }
    damage(bytes(hex: "9f1f4e")) { _ = try? date($0) }
  }

  private func date(_ bytes: [UInt8]) throws(DecodeError) -> String {
    try reading(bytes) { cursor, out throws(DecodeError) in try CivilDate.read(&cursor).append(to: &out) }
  }

  private func dateTime(_ bytes: [UInt8], _ digits: Int) throws(DecodeError) -> String {
    try reading(bytes) { cursor, out throws(DecodeError) in
      try CivilDateTime.read(&cursor, fractionDigits: digits).append(to: &out, fractionDigits: digits)
    }
  }

  private func oldDateTime(_ bytes: [UInt8]) throws(DecodeError) -> String {
    try reading(bytes) { cursor, out throws(DecodeError) in
      try CivilDateTime.readOld(&cursor).append(to: &out, fractionDigits: 0)
    }
  }

  private func timestamp(_ bytes: [UInt8], _ digits: Int) throws(DecodeError) -> String {
    try reading(bytes) { cursor, out throws(DecodeError) in
      try Timestamp.read(&cursor, fractionDigits: digits).append(to: &out, fractionDigits: digits)
    }
  }

  private func time(_ bytes: [UInt8], _ digits: Int) throws(DecodeError) -> String {
    try reading(bytes) { cursor, out throws(DecodeError) in
      try Time.read(&cursor, fractionDigits: digits).append(to: &out, fractionDigits: digits)
    }
  }

  private func oldTime(_ bytes: [UInt8]) throws(DecodeError) -> String {
    try reading(bytes) { cursor, out throws(DecodeError) in
      try Time.readOld(&cursor).append(to: &out, fractionDigits: 0)
    }
  }

  private func padded(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }

  private func power(_ base: Int, _ exponent: Int) -> Int { (0..<exponent).reduce(1) { product, _ in product * base } }

  private func bigEndian(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
}

extension SplitMix64 {
  /// A number from 0 to `bound` - 1.
  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
}
