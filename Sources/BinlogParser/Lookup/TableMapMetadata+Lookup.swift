extension TableMapMetadata {
  /// Fills in what the event left out from what a source says of the table.
  ///
  /// What the event does carry stays: it is as old as the rows.
  ///
  /// - Throws: `ColumnLookupFailure` where the number of columns or a type differs; nothing is filled in then.
  mutating func complete(
    from schema: TableSchema, _ definitions: [ColumnDefinition], isMariaDB: Bool
  ) throws(ColumnLookupFailure) {
    let columns = schema.columns
    guard columns.count == definitions.count else {
      throw .columnCount(log: definitions.count, other: columns.count, schema.origin)
    }
    for (column, definition) in zip(columns, definitions) where !column.agrees(with: definition) {
      throw .columnType(name: column.name, log: definition.summary, other: column.columnType, schema.origin)
    }
    let otherNames = columns.map { Array($0.name.utf8) }
    if names.count != columns.count {
      names = otherNames
      if primaryKey.isEmpty { primaryKey = schema.primaryKey }
    } else if names != otherNames {
      throw .columnNames(schema.origin)
    }
    let pairs = Array(zip(columns, definitions))
    for index in pairs.indices { mariaDBTypes[index] = MariaDBType(rawValue: pairs[index].0.dataType) }
    temporalsHaveNoFractions = true
    if unsigned == nil { unsigned = pairs.filter { $0.1.type.isNumeric }.map { $0.0.isUnsigned } }
    if collations == nil {
      collations = Collations(pairs.filter { $0.1.type.hasCollation(isMariaDB: isMariaDB) }.map { $0.0.collationID })
    }
    completeLabels(pairs)
  }

  /// True if the event does not tell the types of some columns, even with all metadata: those of `MariaDBType`, and
  /// MariaDB's temporal types of old, which may have fractions.
  func leavesTypesOpen(_ definitions: [ColumnDefinition], isMariaDB: Bool) -> Bool {
    guard isMariaDB else { return false }
    var character = 0
    for definition in definitions {
      if definition.type.isOldTemporal { return true }
      guard definition.type.hasCollation(isMariaDB: true) else { continue }
      let isBinary = collations?[character].map { CharacterSet(collationID: $0).isBinary } ?? true
      if isBinary, definition.canBeMariaDBType { return true }
      character += 1
    }
    return false
  }

  private mutating func completeLabels(_ columns: [(ColumnDescription, ColumnDefinition)]) {
    guard enumLabels.isEmpty, setLabels.isEmpty else { return }
    enumLabels = columns.filter { $0.1.type == .enumeration }.map { $0.0.certainLabels }
    setLabels = columns.filter { $0.1.type == .set }.map { $0.0.certainLabels }
    // They came in the connection's character set.
    labelCollations = Collations(common: CharacterSet.utf8mb4.anyCollationID)
  }
}

extension TableMapMetadata.Collations {
  fileprivate init(_ collations: [UInt64?]) {
    for (index, collation) in collations.enumerated() { exceptions[index] = collation }
  }
}

extension ColumnDescription {
  /// A collation of the column's character set; nil for a character set that is not known.
  fileprivate var collationID: UInt64? {
    guard let characterSet else { return CharacterSet.binary.anyCollationID }
    return CharacterSet(name: characterSet)?.anyCollationID
  }

  /// The labels, or none where one of them may have lost characters: `information_schema` shows what is beyond the Basic
  /// Multilingual Plane as a question mark.
  fileprivate var certainLabels: [[UInt8]] {
    guard let labels, !labels.joined().contains(UInt8(ascii: "?")) else { return [] }
    return labels
  }
}

extension ColumnDefinition {
  /// The type and its parameters, for a message.
  fileprivate var summary: String {
    type == .newDecimal ? "\(type.name)(\(precision),\(scale))" : "\(type.messageName) (\(size))"
  }
}

extension ColumnType {
  fileprivate var messageName: String {
    switch self {
    case .varchar, .varString: "VARCHAR"
    case .string: "CHAR"
    case .blob, .tinyBlob, .mediumBlob, .longBlob: "BLOB"
    default: "\(name)"
    }
  }
}
