import Bytes
import ParquetWriter

// https://github.com/delta-io/delta/blob/master/PROTOCOL.md#per-file-statistics

/// Facts about a file in a Delta table's log, so that readers can pass over it.
package struct DeltaStatistics {
  /// Columns of which bounds are told, as other writers have it by default.
  static let columnLimit = 32

  private let rows: Int
  private var lower: [String] = []
  private var upper: [String] = []
  private var nulls: [String] = []

  /// The statistics of a file of `rows` with `columns`.
  package init(rows: Int, _ columns: [ColumnStatistics]) {
    self.rows = rows
    for column in columns.prefix(Self.columnLimit) where !column.isNested {
      let name = quoted(column.descriptor.name)
      nulls.append("\(name):\(column.nullCount)")
      guard let bounds = column.bounds, let type = DeltaBound(column.descriptor), let min = type.text(bounds.min),
        let max = type.text(bounds.max)
      else { continue }
      lower.append("\(name):\(min)")
      upper.append("\(name):\(max)")
    }
  }

  /// The statistics as JSON.
  package var text: String {
    let (lower, upper) = (lower.joined(separator: ","), upper.joined(separator: ","))
    let nulls = nulls.joined(separator: ",")
    return "{\"numRecords\":\(rows),\"minValues\":{\(lower)},\"maxValues\":{\(upper)},\"nullCount\":{\(nulls)}}"
  }
}

/// The form of a column's bounds in JSON, from PLAIN bytes.
private enum DeltaBound {
  case number, float, double, date, text
  case decimal(scale: Int)
  case time(zone: String)

  /// The form of a column's bounds; nil for types that have none.
  init?(_ column: ColumnDescriptor) {
    switch (column.logicalType, column.type) {
    case (.decimal(_, let scale)?, _): self = .decimal(scale: Int(scale))
    case (.date?, _): self = .date
    case (.utcMicroseconds?, _): self = .time(zone: "Z")
    case (.localMicroseconds?, _): self = .time(zone: "")
    case (.string?, _): self = .text
    case (nil, .int64): self = .number
    case (nil, .float): self = .float
    case (nil, .double): self = .double
    default: return nil
    }
  }

  /// A bound in JSON; nil for one that JSON, or the calendar of readers, does not have.
  func text(_ bytes: [UInt8]) -> String? {
    switch self {
    case .number: return String(Self.integer(littleEndian: bytes))
    case .decimal(let scale): return Self.decimal(bytes, scale)
    case .float: return Self.floating(Float(bitPattern: UInt32(truncatingIfNeeded: Self.integer(littleEndian: bytes))))
    case .double:
      return Self.floating(Double(bitPattern: UInt64(truncatingIfNeeded: Self.integer(littleEndian: bytes))))
    case .date: return Self.day(Int(Self.integer(littleEndian: bytes))).map { "\"\($0)\"" }
    case .time(let zone): return Self.time(Int(Self.integer(littleEndian: bytes))).map { "\"\($0)\(zone)\"" }
    case .text: return quoted(String(decoding: bytes, as: UTF8.self))
    }
  }

  private static func integer(littleEndian bytes: [UInt8]) -> Int128 { integer(bigEndian: bytes.reversed()) }

  private static func integer(bigEndian bytes: [UInt8]) -> Int128 {
    let start: Int128 = (bytes.first ?? 0) & 0x80 == 0 ? 0 : -1
    return bytes.reduce(start) { $0 << 8 | Int128($1) }
  }

  private static func floating(_ value: some BinaryFloatingPoint & CustomStringConvertible) -> String? {
    value.isFinite ? value.description : nil
  }

  /// 12345 with two digits behind the point is 123.45. Sixteen bytes have the most significant one first.
  private static func decimal(_ bytes: [UInt8], _ scale: Int) -> String {
    let value = bytes.count == 16 ? integer(bigEndian: bytes) : integer(littleEndian: bytes)
    let digits = String(value.magnitude)
    guard scale > 0 else { return value < 0 ? "-\(digits)" : digits }
    let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
    return "\(value < 0 ? "-" : "")\(padded.dropLast(scale)).\(padded.suffix(scale))"
  }

  // MARK: Time

  private static let microsecondsOfDay = 86_400_000_000

  private static func time(_ microseconds: Int) -> String? {
    let ofDay = (microseconds % microsecondsOfDay + microsecondsOfDay) % microsecondsOfDay
    let seconds = ofDay / 1_000_000
    guard let day = day((microseconds - ofDay) / microsecondsOfDay) else { return nil }
    let clock = "\(digits(seconds / 3600, 2)):\(digits(seconds / 60 % 60, 2)):\(digits(seconds % 60, 2))"
    return "\(day)T\(clock).\(digits(ofDay % 1_000_000, 6))"
  }

  /// The date that is `days` after 1970-01-01, in the calendar without a reform; nil outside of the years 1 to 9999.
  private static func day(_ days: Int) -> String? {
    guard (-719_162...2_932_896).contains(days) else { return nil }
    // Years begin in March here, and eras have 400 of them.
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
  }

  private static func digits(_ number: Int, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}
