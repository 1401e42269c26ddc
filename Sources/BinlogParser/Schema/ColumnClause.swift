/// One column of a CREATE TABLE, as it is written: its character set may be the table's.
struct ColumnClause {
  /// Column's name.
  let name: String
  /// The line in which it stands.
  let line: Int
  /// The type.
  var type = SQLType(name: "")
  /// Character set that CHARACTER SET, COLLATE or the type itself says.
  var characterSet: CharacterSet?
  var isNullable = true
  var isPrimaryKey = false

  /// A column called `name`.
  init(name: String, line: Int) {
    self.name = name
    self.line = line
  }

  /// The column in a table whose columns have the character set `standard` where they say nothing.
  ///
  /// - Throws: `SQLScript.Failure` for text in an unknown character set.
  func description(in standard: CharacterSet?) throws(SQLScript.Failure) -> ColumnDescription {
    guard let found = type.needsCharacterSet ? characterSet ?? standard : type.characterSet else {
      throw SQLScript.Failure(
        line: line,
        reason:
          "nothing says the character set of column \(name): add CHARACTER SET to it, or DEFAULT CHARSET=… to the table"
      )
    }
    let type = type.resolved(in: found)
    let length = type.length.map { $0.multipliedReportingOverflow(by: UInt64(found.longestCharacter)) }
    return ColumnDescription(
      name: name, dataType: type.name, columnType: type.text, characterSet: found.isBinary ? nil : found.name,
      octetLength: length.flatMap { $0.overflow ? nil : $0.partialValue }, isNullable: isNullable && !isPrimaryKey)
  }
}

/// A type with what stands in its parentheses, in the words of `information_schema.COLUMNS`.
struct SQLType {
  /// DATA_TYPE: "int".
  var name: String
  /// Numbers between the parentheses.
  var parameters: [UInt64] = []
  /// Labels of an ENUM or a SET.
  var labels: [String] = []
  /// UNSIGNED or ZEROFILL.
  var isUnsigned = false

  /// True if its values are text.
  var needsCharacterSet: Bool { Self.binaryKin[name] != nil }

  /// The character set of all values: MariaDB's JSON is LONGTEXT.
  var characterSet: CharacterSet { name == "json" ? .utf8mb4 : .binary }

  /// Length in characters, of CHAR, VARCHAR and their binary kin.
  var length: UInt64? {
    switch name {
    case "char", "varchar", "binary", "varbinary": parameters.first ?? 1
    default: nil
    }
  }

  /// COLUMN_TYPE: "int unsigned".
  var text: String {
    let inside = labels.isEmpty ? "" : ColumnDescription.list(labels)
    let numbers = parameters.isEmpty ? inside : "(" + parameters.map(String.init).joined(separator: ",") + ")"
    return name + numbers + (isUnsigned ? " unsigned" : "")
  }

  /// The type that a server makes of it for columns in `characterSet`.
  func resolved(in characterSet: CharacterSet) -> SQLType {
    var type = self
    if needsCharacterSet, characterSet.isBinary { type.name = Self.binaryKin[name] ?? name }
    switch type.name {
    case "decimal": type.parameters = [parameters.first ?? 10, parameters.dropFirst().first ?? 0]
    case "bit", "char", "binary": type.parameters = [parameters.first ?? 1]
    case "float" where parameters.count == 1:
      type.name = parameters[0] > 24 ? "double" : "float"
      type.parameters = []
    case "text", "blob":
      guard let length = parameters.first else { break }
      let byteCount = length.multipliedReportingOverflow(by: UInt64(characterSet.longestCharacter))
      type.name = Self.prefix(byteCount.overflow ? .max : byteCount.partialValue) + type.name
      type.parameters = []
    default: break
    }
    return type
  }

  /// The smallest TEXT or BLOB with room for so many bytes.
  private static func prefix(_ byteCount: UInt64) -> String {
    switch byteCount {
    case ..<(1 << 8): "tiny"
    case ..<(1 << 16): ""
    case ..<(1 << 24): "medium"
    default: "long"
    }
  }

  /// Types of text, and those that they are with CHARACTER SET binary.
  private static let binaryKin = [
    "char": "binary", "varchar": "varbinary", "tinytext": "tinyblob", "text": "blob", "mediumtext": "mediumblob",
    "longtext": "longblob",
  ]

  /// Other names of types, in capital letters.
  static let synonyms = [
    "BOOL": "tinyint", "BOOLEAN": "tinyint", "INT1": "tinyint", "INT2": "smallint", "INT3": "mediumint",
    "MIDDLEINT": "mediumint",
    "INT4": "int", "INTEGER": "int", "INT8": "bigint", "SERIAL": "bigint", "DEC": "decimal", "NUMERIC": "decimal",
    "FIXED": "decimal", "REAL": "double", "FLOAT4": "float", "FLOAT8": "double", "CHARACTER": "char", "NCHAR": "char",
    "NVARCHAR": "varchar", "VARCHARACTER": "varchar",
    "LONG": "mediumtext",
  ]
}
