/// One entry of a table filter: `schema.table`, `schema.*`, `*.table`, or a pattern with globs in its parts.
///
/// A name in backticks is taken as it is, dots, asterisks and question marks in it too; a backtick
/// inside is doubled, as in SQL. Names are kept as bytes, the way the server stores them in TABLE_MAP: no case folding and
/// no Unicode normalisation.
enum TableFilterPattern: Hashable, Sendable {
  /// `schema.table`: one table.
  case exact(database: [UInt8], table: [UInt8])
  /// `*.table`: a table of this name in any schema.
  case anyDatabase(table: [UInt8])
  /// `schema.*`: every table of a schema.
  case anyTable(database: [UInt8])
  /// `shop_*.orders_????`: every table whose names both parts stand for.
  case glob(database: NamePattern, table: NamePattern)

  /// Reads a pattern; the error says in one phrase what is wrong with it.
  init(_ text: String) throws(Malformed) {
    let parts = try Self.parts(of: Array(text.utf8))
    guard parts.count == 2 else { throw parts.count < 2 ? .noDot : .severalDots }
    let (database, table) = (parts[0], parts[1])
    guard !database.name.isEmpty else { throw .emptySchema }
    guard !table.name.isEmpty else { throw .emptyTable }
    switch (database.pattern, table.pattern) {
    case (.literal(let database), .literal(let table)): self = .exact(database: database, table: table)
    case (let database, let table) where database.isEverything && table.isEverything: throw .everything
    case (let database, .literal(let table)) where database.isEverything: self = .anyDatabase(table: table)
    case (.literal(let database), let table) where table.isEverything: self = .anyTable(database: database)
    case (let database, let table): self = .glob(database: database, table: table)
    }
  }

  /// Says whether it names the table of these names.
  func matches(database: [UInt8], table: [UInt8]) -> Bool {
    switch self {
    case .exact(let exactDatabase, let exactTable): database == exactDatabase && table == exactTable
    case .anyDatabase(let name): table == name
    case .anyTable(let name): database == name
    case .glob(let databases, let tables): databases.matches(database) && tables.matches(table)
    }
  }

  /// The text before or behind a dot.
  private struct Part {
    var name: [UInt8] = []
    var isQuoted = false

    var pattern: NamePattern { NamePattern(name, isQuoted: isQuoted) }
  }

  /// The parts between the dots that stand outside of backticks.
  private static func parts(of text: [UInt8]) throws(Malformed) -> [Part] {
    var parts = [Part()]
    var index = 0
    while index < text.count {
      let byte = text[index]
      index += 1
      if byte == UInt8(ascii: ".") {
        parts.append(Part())
      } else if byte == UInt8(ascii: "`"), parts[parts.count - 1].name.isEmpty, !parts[parts.count - 1].isQuoted {
        parts[parts.count - 1] = Part(name: try quotedName(text, &index), isQuoted: true)
      } else {
        guard !parts[parts.count - 1].isQuoted else { throw .textBehindBacktick }
        parts[parts.count - 1].name.append(byte)
      }
    }
    return parts
  }

  /// The name whose opening backtick is before `index`, which is moved behind the closing one.
  private static func quotedName(_ text: [UInt8], _ index: inout Int) throws(Malformed) -> [UInt8] {
    var name: [UInt8] = []
    while index < text.count {
      let byte = text[index]
      index += 1
      if byte == UInt8(ascii: "`") {
        guard index < text.count, text[index] == byte else { return name }
        index += 1
      }
      name.append(byte)
    }
    throw .openBacktick
  }

  /// Why a text is no pattern.
  enum Malformed: String, Error {
    case noDot = "it has no dot; a pattern is schema.table, perhaps with * and ?"
    case severalDots = "it has more than one dot; a pattern is schema.table, and a name with a dot stands in backticks"
    case openBacktick = "a name that begins with a backtick must end with one; a backtick inside is doubled"
    case textBehindBacktick = "only a dot, or the end, can follow a name in backticks"
    case emptySchema = "the schema before the dot is empty"
    case emptyTable = "the table after the dot is empty"
    case everything = "*.* stands for every table; leave the filter out instead"
  }
}
