import BinlogParser
import Bytes

/// The rows that share a file as long as they share a part: those of one table, of one day, or of both.
///
/// Names of tables are compared by their bytes. As strings, two spellings of one accented letter would be equal.
package struct Partition: Hashable, Sendable {
  /// The table; nil for all.
  package let table: TableName?
  /// Days since 1970-01-01, in UTC; nil for all.
  package let day: UInt32?
  /// The version of the table, where files have rows of one version only; they lie in the folder of the table's dataset.
  package let version: UInt64?

  /// The rows of `table` in this `version`, and of `day`.
  package init(table: TableName?, day: UInt32?, version: UInt64? = nil) {
    self.table = table
    self.day = day
    self.version = version
  }

  /// All rows.
  static let whole = Partition(table: nil, day: nil)

  /// The folder of its files, below the output folder: "db=shop/tbl=orders/dt=2026-01-31", or as much of it as divides the
  /// rows, or "shop/orders/dt=2026-01-31"; empty for all rows.
  package var folder: String {
    var components: [String] = []
    if let table, version != nil {
      components.append(DatasetFolder.path(table))
    } else if let table {
      components.append(HiveFolder.name("db", table.schema))
      components.append(HiveFolder.name("tbl", table.table))
    }
    if let day { components.append("dt=\(Self.date(day))") }
    return components.joined(separator: "/")
  }

  private static func date(_ day: UInt32) -> String {
    var text = OutputBuffer(capacity: 16)
    CivilDate(daysSinceEpoch: day).append(to: &text)
    return text.bytes.utf8String
  }
}
