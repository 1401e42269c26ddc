/// A table as a statement names it, completed with the default schema. The names are bytes, as in TABLE_MAP.
package struct TableName: Hashable, Sendable {
  /// The schema; empty where the statement has none and no default.
  package let schema: [UInt8]
  /// The table.
  package let table: [UInt8]

  /// The name of `table` in `schema`.
  package init(schema: [UInt8], table: [UInt8]) {
    self.schema = schema
    self.table = table
  }

  /// Both names in lower case, as a server with `lower_case_table_names` = 1 stores them.
  package var lowercased: TableName {
    TableName(schema: schema.map(Self.lowercased), table: table.map(Self.lowercased))
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}

extension TableName {
  /// The schema as text; what is no UTF-8 is replaced.
  package var schemaText: String { String(decoding: schema, as: UTF8.self) }
  /// The table as text; what is no UTF-8 is replaced.
  package var tableText: String { String(decoding: table, as: UTF8.self) }
}

extension TableName: CustomStringConvertible {
  /// "shop.orders"; what is no UTF-8 is replaced.
  package var description: String {
    (schema.isEmpty ? [table] : [schema, table]).map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".")
  }
}
