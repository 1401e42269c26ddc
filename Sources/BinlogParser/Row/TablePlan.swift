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
  /// The fingerprint of `tableSchema`.
  public let fingerprint: UInt64
  /// The temporal columns whose values may have fractions of which nothing tells; nil where there are none.
  let hiddenFractions: HiddenFractions?
  /// Each column's part of a JSON object up to its value, behind another one: `,"name":`.
  @usableFromInline let jsonKeys: StringPool
  /// Each column's part of a text line up to its value, and the end of the line before: `\n  [0] name = `.
  @usableFromInline let textKeys: StringPool
  /// The labels of all ENUM and SET columns in UTF-8.
  @usableFromInline let labelTexts: StringPool
  /// The same, escaped as the inside of a JSON string.
  @usableFromInline let labels: StringPool
  /// True if a label holds a character that steers a terminal.
  @usableFromInline let labelsSteerTerminal: Bool

  /// Bytes of memory, roughly.
  var weight: Int { 1024 + columns.count * 384 + labels.count * 256 + tableSchema.byteCount }

  /// Both names, as bytes.
  package var tableName: TableName { TableName(schema: Array(schema.utf8), table: Array(table.utf8)) }

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
    var texts = StringPool()
    columns = Self.compile(event, definitions, metadata, isMariaDB: isMariaDB, &texts)
    let labels = texts.asJSON
    labelTexts = texts
    hiddenFractions = isMariaDB ? HiddenFractions(columns, areDenied: metadata.temporalsHaveNoFractions) : nil
    self.labels = labels
    labelsSteerTerminal = labels.steersTerminal
    let logged = metadata.names.count == definitions.count && columnNames.areUsed
    let names = logged ? metadata.names.map { String(decoding: $0, as: UTF8.self) } : nil
    self.names = names
    let keyNames = names ?? definitions.indices.map { "c\($0)" }
    tableSchema = TableSchema(
      database: schema, table: table, columns: Self.describe(definitions, metadata, columns, texts, keyNames),
      primaryKey: metadata.primaryKey, from: .log)
    fingerprint = tableSchema.fingerprint
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
  /// The run `index`, which is UTF-8.
  fileprivate func text(_ index: Int) -> String { String(decoding: runs[index].bytes, as: UTF8.self) }

  /// The runs, which are UTF-8, each as the inside of a JSON string.
  fileprivate var asJSON: StringPool {
    var pool = StringPool()
    for run in runs { pool.append { $0.append(jsonStringContent: OutputBuffer(copying: run.bytes).bytes) } }
    return pool
  }

  /// Appends an ENUM's or SET's label.
  fileprivate mutating func append(label: [UInt8], _ characterSet: CharacterSet) {
    append { $0.append(repairedUTF8Of: OutputBuffer(copying: label).bytes, from: characterSet) }
  }
}

extension OutputBuffer {
  /// A buffer with a copy of `bytes`.
  fileprivate init(copying bytes: [UInt8]) {
    self.init(capacity: bytes.count)
    append(contentsOf: bytes)
  }
}

extension TablePlan {
  /// Appends the label of an ENUM's `index`, or the index where the label is not known. 0 is the empty string.
  public func appendLabel(_ index: UInt64, _ labels: Range<Int>, to buffer: inout OutputBuffer) {
    guard index > 0 else { return }
    guard index <= UInt64(labels.count) else { return buffer.append(decimal: index) }
    labelTexts.append(labels.lowerBound + Int(index) - 1, to: &buffer)
  }

  /// Appends a SET's labels with commas between them, or the mask where they are not known.
  public func appendLabels(_ mask: UInt64, _ labels: Range<Int>, to buffer: inout OutputBuffer) {
    let known = labels.count >= 64 ? UInt64.max : 1 << UInt64(labels.count) - 1
    guard !labels.isEmpty, mask & ~known == 0 else { return buffer.append(decimal: mask) }
    var rest = mask
    while rest != 0 {
      labelTexts.append(labels.lowerBound + rest.trailingZeroBitCount, to: &buffer)
      rest &= rest &- 1
      if rest != 0 { buffer.append(UInt8(ascii: ",")) }
    }
  }
}
