/// Columns and primary key of a table, as TABLE_MAP, `information_schema` or CREATE TABLE tells them.
public struct TableSchema: Sendable, Equatable {
  /// The place that a description comes from.
  public enum Origin: Sendable, Equatable {
    /// TABLE_MAP, and what it lacked from elsewhere.
    case log
    /// A server's `information_schema`, as it is now.
    case server
    /// A CREATE TABLE in a file, which is as old as the file.
    case file(path: String, line: Int)
  }

  /// The database's name.
  public let database: String
  /// The table's name.
  public let table: String
  /// The columns, in order.
  public let columns: [ColumnDescription]
  /// The indices of the primary key's columns, in the key's order; empty where there is no key, or nothing tells it.
  public let primaryKey: [Int]
  /// The place that all this comes from.
  public let origin: Origin

  /// A table whose key has the columns with the indices `primaryKey`.
  public init(
    database: String, table: String, columns: [ColumnDescription], primaryKey: [Int] = [], from origin: Origin
  ) {
    self.database = database
    self.table = table
    self.columns = columns
    self.primaryKey = primaryKey
    self.origin = origin
  }

  /// A number that says whether names, types, character sets, NULL and the primary key are the same: 64-bit FNV-1a, the same on every
  /// platform and in every version.
  ///
  /// The schemas of all plans (`TablePlan.tableSchema`) can be compared by it; a server spells some types in its own way, so one
  /// that comes from elsewhere can have another number for the same table.
  public var fingerprint: UInt64 {
    var hash = FNV1a()
    for column in columns {
      hash.combine(column.name)
      hash.combine(column.columnType)
      hash.combine(column.characterSet ?? "")
      hash.combine(column.isNullable ? 1 : 0)
    }
    for index in primaryKey { hash.combine("\(index)") }
    return hash.value
  }

  /// Bytes of memory, roughly.
  var byteCount: Int {
    columns.reduce(256) {
      $0 + MemoryLayout<ColumnDescription>.size + $1.name.utf8.count + $1.dataType.utf8.count + $1.columnType.utf8.count
    }
  }
}

extension TableSchema.Origin: CustomStringConvertible {
  /// A subject for messages: "the server", "shop.sql:12".
  public var description: String {
    switch self {
    case .log: "the log"
    case .server: "the server"
    case .file(let path, let line): "\(path):\(line)"
    }
  }
}

/// A hash of Fowler, Noll and Vo. See <http://www.isthe.com/chongo/tech/comp/fnv/>.
private struct FNV1a {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func combine(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

  /// Takes in a text and its end.
  mutating func combine(_ text: String) {
    for byte in text.utf8 { combine(byte) }
    combine(0xFF)
  }
}
