/// A table's name without regard to case: a server with `lower_case_table_names` stores other letters than a statement has.
package struct TableKey: Hashable, Sendable {
  let schema: String
  let table: String

  /// The key of a table in UTF-8.
  package init(schema: [UInt8], table: [UInt8]) {
    self.init(schema: String(decoding: schema, as: UTF8.self), table: String(decoding: table, as: UTF8.self))
  }

  /// The key of a table.
  package init(schema: String, table: String) {
    self.schema = Self.folded(schema)
    self.table = Self.folded(table)
  }

  init(_ name: TableName) { self.init(schema: name.schema, table: name.table) }

  /// Small letters; of U+0130, whose small letter has two parts here and one at the server, the first.
  static func folded(_ name: String) -> String {
    let small = name.lowercased()
    guard small.unicodeScalars.contains("\u{307}") else { return small }
    return String(String.UnicodeScalarView(small.unicodeScalars.filter { $0 != "\u{307}" }))
  }
}

extension DefinitionScope {
  /// Which tables it covers, for many questions.
  enum Keys {
    case nothing
    case tables(Set<TableKey>)
    case schema(String)
    case everything

    func contains(_ key: TableKey) -> Bool {
      switch self {
      case .nothing: false
      case .tables(let keys): keys.contains(key)
      case .schema(let schema): key.schema == schema
      case .everything: true
      }
    }
  }

  var keys: Keys {
    switch self {
    case .nothing: .nothing
    case .tables(let names): .tables(Set(names.map { TableKey($0) }))
    case .schema(let name): .schema(TableKey.folded(String(decoding: name, as: UTF8.self)))
    case .everything: .everything
    }
  }
}

/// The places in a log of the last statement that may have changed each table's columns.
package struct DefinitionChanges: Sendable {
  /// More names than this are not told apart: then all tables count as changed where the last of them was.
  private let limit: Int
  private var tables: [TableKey: BinlogPosition] = [:]
  private var schemas: [String: BinlogPosition] = [:]
  private var everything: BinlogPosition?

  /// No statement yet.
  package init(limit: Int = 1 << 16) { self.limit = limit }

  /// Takes the statement at `place`, behind all those before.
  package mutating func note(_ scope: DefinitionScope, at place: BinlogPosition) {
    switch scope.keys {
    case .nothing: return
    case .tables(let keys): for key in keys { tables[key] = place }
    case .schema(let schema): schemas[schema] = place
    case .everything: everything = place
    }
    guard everything == place || tables.count + schemas.count > limit else { return }
    // What was before is not asked for any more.
    self = DefinitionChanges(limit: limit)
    everything = place
  }

  /// The last statement that may have changed the columns of `table`.
  package func last(of table: TableKey) -> BinlogPosition? {
    [tables[table], schemas[table.schema], everything].compactMap { $0 }.max { $0.precedes($1) }
  }
}
