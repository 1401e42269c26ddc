extension ColumnDescription {
  /// True if the column can be the one that TABLE_MAP defines: type and every parameter that the log carries are equal.
  ///
  /// A type that this list does not know agrees with nothing.
  package func agrees(with definition: ColumnDefinition) -> Bool {
    switch dataType {
    case "tinyint": definition.type == .tiny
    case "smallint": definition.type == .short
    case "mediumint": definition.type == .int24
    case "int": definition.type == .long
    case "bigint": definition.type == .longLong
    case "float": definition.type == .float
    case "double": definition.type == .double
    case "decimal":
      definition.type == .newDecimal && parameters == [Int(definition.precision), Int(definition.scale)]
    case "year": definition.type == .year
    case "date": definition.type == .date || definition.type == .newDate
    case "datetime": agreesAsTime(definition, .dateTime2, old: .dateTime)
    case "timestamp": agreesAsTime(definition, .timestamp2, old: .timestamp)
    case "time": agreesAsTime(definition, .time2, old: .time)
    case "bit": definition.type == .bit && parameters == [definition.size]
    default: agreesAsBytes(definition)
    }
  }

  private func agreesAsBytes(_ definition: ColumnDefinition) -> Bool {
    switch dataType {
    case "char", "binary": definition.type == .string && definition.size == byteLength
    case "varchar", "varbinary": agreesAsVarying(definition)
    case "tinytext", "tinyblob": agreesAsBlob(definition, 1)
    case "text", "blob": agreesAsBlob(definition, 2)
    case "mediumtext", "mediumblob": agreesAsBlob(definition, 3)
    case "longtext", "longblob": agreesAsBlob(definition, 4)
    // With a character set it is one of CREATE TABLE: MariaDB makes LONGTEXT of it.
    case "json": definition.type == .json || characterSet != nil && agreesAsBlob(definition, 4)
    case "enum": definition.type == .enumeration && definition.size == labels.map { $0.count > 255 ? 2 : 1 }
    case "set": definition.type == .set && definition.size == labels.map { Self.setByteCount($0.count) }
    case "vector": agreesAsVector(definition)
    case "uuid", "inet6": definition.type == .string && definition.size == 16
    case "inet4": definition.type == .string && definition.size == 4
    default: Self.spatialTypes.contains(dataType) && definition.type == .geometry
    }
  }

  private var byteLength: Int? { octetLength.flatMap { Int(exactly: $0) } }

  /// Without fraction digits the type of MySQL before 5.6, or of MariaDB with `mysql56_temporal_format` OFF, may stand.
  private func agreesAsTime(_ definition: ColumnDefinition, _ type: ColumnType, old: ColumnType) -> Bool {
    let digits = parameters.first ?? 0
    return definition.type == type ? definition.size == digits : definition.type == old && digits == 0
  }

  /// MariaDB counts the method byte of a compressed column in its length.
  private func agreesAsVarying(_ definition: ColumnDefinition) -> Bool {
    guard let byteLength else { return false }
    switch definition.type {
    case .varchar, .varString: return definition.size == byteLength
    case .varcharCompressed: return definition.size == byteLength || definition.size - 1 == byteLength
    default: return false
    }
  }

  private func agreesAsBlob(_ definition: ColumnDefinition, _ lengthByteCount: Int) -> Bool {
    switch definition.type {
    case .blob, .tinyBlob, .mediumBlob, .longBlob, .blobCompressed: definition.size == lengthByteCount
    default: false
    }
  }

  /// MySQL has a type of its own, MariaDB stores the four bytes of each element as a VARBINARY.
  private func agreesAsVector(_ definition: ColumnDefinition) -> Bool {
    if definition.type == .vector { return true }
    return definition.canBeMariaDBVector && parameters == [definition.size / 4]
  }

  /// Bytes of a SET of so many labels: 1 to 4, or 8.
  private static func setByteCount(_ labelCount: Int) -> Int {
    let count = (labelCount + 7) / 8
    return count > 4 ? 8 : count
  }

  private static let spatialTypes: Set<String> = [
    "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon",
    "geomcollection", "geometrycollection",
  ]
}
