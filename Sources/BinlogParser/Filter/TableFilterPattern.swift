/// One entry of a table filter: `schema.table`, `schema.*` or `*.table`.
///
/// Names are kept as bytes, the way the server stores them in TABLE_MAP: no case folding and no Unicode normalisation.
enum TableFilterPattern: Hashable, Sendable {
  /// `schema.table`: one table.
  case exact(database: [UInt8], table: [UInt8])
  /// `*.table`: a table of this name in any schema.
  case anyDatabase(table: [UInt8])
  /// `schema.*`: every table of a schema.
  case anyTable(database: [UInt8])

  /// Reads a pattern; the error says in one phrase what is wrong with it.
  init(_ text: String) throws(Malformed) {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(Array.init)
    guard parts.count == 2 else { throw parts.count < 2 ? .noDot : .severalDots }
    let (database, table) = (parts[0], parts[1])
    guard !database.isEmpty else { throw .emptySchema }
    guard !table.isEmpty else { throw .emptyTable }
    switch (database == Self.wildcard, table == Self.wildcard) {
    case (true, true): throw .everything
    case (true, false): self = .anyDatabase(table: table)
    case (false, true): self = .anyTable(database: database)
    case (false, false): self = .exact(database: database, table: table)
    }
    guard !hasEmbeddedWildcard else { throw .embeddedWildcard }
  }

  private static let wildcard = [UInt8(ascii: "*")]

  private var hasEmbeddedWildcard: Bool {
    switch self {
    case .exact(let database, let table): (database + table).contains(UInt8(ascii: "*"))
    case .anyDatabase(let name), .anyTable(let name): name.contains(UInt8(ascii: "*"))
    }
  }

  /// Why a text is no pattern.
  enum Malformed: String, Error {
    case noDot = "it has no dot; a pattern is schema.table, schema.* or *.table"
    case severalDots = "it has more than one dot; a pattern is schema.table, schema.* or *.table"
    case emptySchema = "the schema before the dot is empty"
    case emptyTable = "the table after the dot is empty"
    case everything = "*.* stands for every table; leave the filter out instead"
    case embeddedWildcard = "* stands for a whole name only, not for a part of one"
  }
}
