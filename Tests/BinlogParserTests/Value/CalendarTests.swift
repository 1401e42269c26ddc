import BinlogParser
import Bytes
import Testing

@Suite struct CalendarTests {
  /// Every day of the calendar follows the one before, and no other day has a number.
  @Test func daysSinceEpoch() throws {
    var next: Int32 = -719_162
    for year in UInt32(1)...9999 {
      for month in UInt32(1)...12 {
        for day in UInt32(1)...31 {
          let date = try stored(year, month, day)
          guard let number = date.daysSinceEpoch else { continue }
          guard number == next else { throw Gap(date: date, number: number) }
          if number >= 0, CivilDate(daysSinceEpoch: UInt32(number)) != date { throw Gap(date: date, number: number) }
          next += 1
        }
      }
    }
    // 9999-12-31 is the day 2,932,896.
    #expect(next == 2_932_897)
  }

  /// A date as a row event has it.
  private func stored(_ year: UInt32, _ month: UInt32, _ day: UInt32) throws -> CivilDate {
    let packed = year << 9 | month << 5 | day
    let bytes = (0..<3).map { UInt8(truncatingIfNeeded: packed >> (8 * $0)) }
    var cursor = ByteCursor(bytes.span.bytes)
    return try CivilDate.read(&cursor)
  }

  private struct Gap: Error {
    let date: CivilDate
    let number: Int32
  }

  @Test(
    arguments: [
      (0, 0, 0), (2024, 0, 0), (2024, 5, 0), (2024, 0, 7), (0, 3, 1), (2023, 2, 29), (1900, 2, 29), (2023, 2, 31),
      (2024, 2, 30), (2024, 4, 31), (2024, 11, 31),
    ] as [(UInt32, UInt32, UInt32)])
  func daysOfNoCalendarHaveNoNumber(_ year: UInt32, _ month: UInt32, _ day: UInt32) throws {
    let date = try stored(year, month, day)
    #expect(date.daysSinceEpoch == nil)
  }

  @Test func momentsSinceEpoch() throws {
    func moment(_ hex: String, digits: Int) throws -> Int64? {
      let bytes = bytes(hex: hex)
      var cursor = ByteCursor(bytes.span.bytes)
      return try CivilDateTime.read(&cursor, fractionDigits: digits).microsecondsSinceEpoch
    }
    // 1970-01-01 00:00:00, 1969-12-31 23:59:59.999999, 9999-12-31 23:59:59.999999, 0000-00-00 00:00:00
    #expect(try moment("9902c20000", digits: 0) == 0)
    #expect(try moment("99027f7efb0f423f", digits: 6) == -1)
    #expect(try moment("fef3ff7efb0f423f", digits: 6) == 253_402_300_799_999_999)
    #expect(try moment("8000000000", digits: 0) == nil)
  }
}
