import Bytes

/// How to read a table's rows: the compiled form of a TABLE_MAP, shared by all rows that follow it.
public final class TablePlan: Sendable {
  /// The number by which rows events name the table.
  public let tableID: UInt64
  /// The schema's name.
  public let schema: String
  /// The table's name.
  public let table: String
  /// The columns, in order.
  public let columns: ContiguousArray<ColumnPlan>
  /// The columns' names, or nil where the server did not log them.
  public let names: [String]?
  /// Names, SQL types and primary key, as far as the log or a `ColumnSource` tells them; without names c0, c1, ….
  public let tableSchema: TableSchema
  /// The temporal columns whose values may have fractions of which nothing tells; nil where there are none.
  let hiddenFractions: HiddenFractions?
  /// Each column's part of a JSON object up to its value, behind another one: `,"name":`.
  @usableFromInline let jsonKeys: StringPool
  /// Each column's part of a text line up to its value, and the end of the line before: `\n  [0] name = `.
  @usableFromInline let textKeys: StringPool
  /// The labels of all ENUM and SET columns, escaped as the inside of a JSON string.
  @usableFromInline let labels: StringPool
  /// True if a label holds a character that steers a terminal.
  @usableFromInline let labelsSteerTerminal: Bool

  /// Bytes of memory, roughly.
  var weight: Int { 1024 + columns.count * 384 + labels.count * 128 + tableSchema.byteCount }

  /// "schema.table".
  public var qualifiedName: String { "\(schema).\(table)" }

  /// Compiles a TABLE_MAP, which starts at `place`.
  ///
  /// - Throws: `DecodeError` where the event's fields do not fit each other.
  public convenience init(
    _ event: borrowing TableMapEvent, isMariaDB: Bool, columnNames: ColumnNames,
    at place: BinlogPosition = BinlogPosition(file: "", offset: 0)
  ) throws(DecodeError) {
    var lookup: ColumnLookup?
    if case .lookup(let sources) = columnNames { lookup = ColumnLookup(sources) }
    try self.init(event, isMariaDB: isMariaDB, columnNames: columnNames, &lookup, at: place)
  }

  /// Compiles a TABLE_MAP, which starts at `place`, and lets `lookup` fill in what it lacks.
  init(
    _ event: borrowing TableMapEvent, isMariaDB: Bool, columnNames: ColumnNames, _ lookup: inout ColumnLookup?,
    at place: BinlogPosition
  ) throws(DecodeError) {
    let definitions = try event.columns()
    var metadata = try event.metadata(of: definitions)
    tableID = event.tableID
    schema = event.schema.utf8String
    table = event.table.utf8String
    lookup?.complete(&metadata, definitions, schema: schema, table: table, at: place, isMariaDB: isMariaDB)
    var labels = StringPool()
    columns = Self.compile(event, definitions, metadata, isMariaDB: isMariaDB, &labels)
    hiddenFractions = isMariaDB ? HiddenFractions(columns, areDenied: metadata.temporalsHaveNoFractions) : nil
    self.labels = labels
    labelsSteerTerminal = labels.steersTerminal
    let logged = metadata.names.count == definitions.count && columnNames.areUsed
    let names = logged ? metadata.names.map { String(decoding: $0, as: UTF8.self) } : nil
    self.names = names
    let keyNames = names ?? definitions.indices.map { "c\($0)" }
    tableSchema = TableSchema(
      database: schema, table: table, columns: Self.describe(definitions, metadata, columns, labels, keyNames),
      primaryKey: metadata.primaryKey, from: .log)
    jsonKeys = Self.jsonKeys(keyNames)
    textKeys = Self.textKeys(names, count: definitions.count)
  }

  private static func compile(
    _ event: borrowing TableMapEvent, _ definitions: [ColumnDefinition], _ metadata: TableMapMetadata, isMariaDB: Bool,
    _ labels: inout StringPool
  ) -> ContiguousArray<ColumnPlan> {
    var numeric = 0
    var character = 0
    var labelled = 0
    var enumerations = metadata.enumLabels.makeIterator()
    var sets = metadata.setLabels.makeIterator()
    var columns = ContiguousArray<ColumnPlan>()
    columns.reserveCapacity(definitions.count)
    for (index, definition) in definitions.enumerated() {
      let isUnsigned = definition.type.isNumeric && metadata.isUnsigned(numeric)
      var column = ColumnPlan(definition, isUnsigned: isUnsigned, isNullable: event.isNullable(index))
      if definition.type.isNumeric { numeric += 1 }
      if definition.type.hasCollation(isMariaDB: isMariaDB) {
        if let collation = metadata.collations?[character] {
          column.setCharacterSet(CharacterSet(collationID: collation), definition)
        }
        character += 1
      }
      if let type = metadata.mariaDBTypes[index] { column.become(type) }
      if definition.type == .enumeration || definition.type == .set {
        let values = definition.type == .set ? sets.next() : enumerations.next()
        let collation = metadata.labelCollations?[labelled]
        let characterSet = collation.map { CharacterSet(collationID: $0) } ?? .utf8mb4
        let first = labels.count
        for value in values ?? [] { labels.append(label: value, characterSet) }
        column.labels = first..<labels.count
        labelled += 1
      }
      columns.append(column)
    }
    return columns
  }

  private static func describe(
    _ definitions: [ColumnDefinition], _ metadata: TableMapMetadata, _ columns: ContiguousArray<ColumnPlan>,
    _ labels: StringPool, _ names: [String]
  ) -> [ColumnDescription] {
    var numeric = 0
    return definitions.indices.map { index in
      let definition = definitions[index]
      let isUnsigned = definition.type.isNumeric && definition.type != .year && metadata.isUnsigned(numeric)
      if definition.type.isNumeric { numeric += 1 }
      let texts = columns[index].labels.map { labels.text($0) }
      return ColumnDescription(
        definition, columns[index], isUnsigned: isUnsigned, labels: texts, name: names[index])
    }
  }

  private static func jsonKeys(_ names: [String]) -> StringPool {
    var pool = StringPool()
    for name in names {
      pool.append { buffer in
        buffer.append(UInt8(ascii: ","))
        buffer.append(jsonString: OutputBuffer(utf8: name).bytes)
        buffer.append(UInt8(ascii: ":"))
      }
    }
    return pool
  }

  private static func textKeys(_ names: [String]?, count: Int) -> StringPool {
    var pool = StringPool()
    for index in 0..<count {
      pool.append { buffer in
        buffer.append("\n  [\(index)] ")
        if let names { buffer.append("\(EventField.onOneLine(names[index])) = ") }
      }
    }
    return pool
  }

  /// What to call column `index` in a message.
  public func columnName(_ index: Int) -> String { names?[index] ?? "c\(index)" }
}

/// Where the names of columns come from.
public enum ColumnNames: Sendable {
  /// From TABLE_MAP where it carries them, else c0, c1, ….
  case logged
  /// c0, c1, … always.
  case ordinal
  /// From TABLE_MAP where it carries them, else from the first source that agrees with TABLE_MAP, else c0, c1, ….
  case lookup(ColumnSources)

  /// True if names are wanted at all.
  var areUsed: Bool {
    if case .ordinal = self { false } else { true }
  }
}

extension TableMapMetadata {
  /// True if the numeric column number `index` is UNSIGNED.
  func isUnsigned(_ index: Int) -> Bool {
    guard let unsigned, unsigned.indices.contains(index) else { return false }
    return unsigned[index]
  }
}

extension StringPool {
  /// The label `index`, which stands there as the inside of a JSON string.
  fileprivate func text(_ index: Int) -> String {
    var text = ""
    var scalars = String(decoding: runs[index].bytes, as: UTF8.self).unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
      guard scalar == "\\", let escape = scalars.next() else {
        text.unicodeScalars.append(scalar)
        continue
      }
      switch escape {
      case "b": text += "\u{8}"
      case "f": text += "\u{C}"
      case "n": text += "\n"
      case "r": text += "\r"
      case "t": text += "\t"
      case "u":
        let digits = (0..<4).compactMap { _ in scalars.next().map(Character.init) }
        UInt32(String(digits), radix: 16).flatMap(Unicode.Scalar.init).map { text.unicodeScalars.append($0) }
      default: text.unicodeScalars.append(escape)
      }
    }
    return text
  }

  /// Appends an ENUM's or SET's label as the inside of a JSON string.
  mutating func append(label: [UInt8], _ characterSet: CharacterSet) {
    append { buffer in
      var raw = OutputBuffer(capacity: label.count)
      raw.append(contentsOf: label)
      var string = OutputBuffer(capacity: label.count + 16)
      _ = string.append(jsonString: raw.bytes, from: characterSet)
      buffer.append(string.bytes.extracting(1..<string.count - 1))
    }
  }
}
