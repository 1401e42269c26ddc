import Bytes

/// The parts of the SQL mode that decide how quotes are read.
///
/// See <https://dev.mysql.com/doc/refman/en/sql-mode.html>.
struct SQLMode: OptionSet, Sendable {
  let rawValue: UInt64

  /// Double quotes are around names.
  static let ansiQuotes = SQLMode(rawValue: 1 << 2)
  /// A backslash in a string stands for itself.
  static let noBackslashEscapes = SQLMode(rawValue: 1 << 20)
}

/// The settings of a session that decide how the bytes of its statement are read: QUERY's status variables have them.
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Query__event.html>.
struct StatementContext: Sendable {
  /// The SQL mode; empty where the event does not say.
  private(set) var mode: SQLMode = []
  /// The statement's character set; nil where the event does not say.
  private(set) var characterSet: CharacterSet?

  /// Reads `variables` up to the character set, or up to the first that is not known.
  init(_ variables: RawSpan) {
    var cursor = ByteCursor(variables)
    do throws(DecodeError) {
      while !cursor.isAtEnd, characterSet == nil {
        guard try take(&cursor) else { return }
      }
    } catch {
      // Cut variables say no more.
    }
  }

  /// Takes the next variable; false for one that is not known.
  private mutating func take(_ cursor: inout ByteCursor) throws(DecodeError) -> Bool {
    switch try cursor.uint8("status variable") {
    case 0: try cursor.skip(4, "flags2")
    case 1: mode = SQLMode(rawValue: try cursor.uint64("sql_mode"))
    case 2: try cursor.skip(Int(try cursor.uint8("catalog length")) + 1, "catalog")
    case 3: try cursor.skip(4, "auto_increment")
    case 4:
      characterSet = CharacterSet(collationID: UInt64(try cursor.uint16("character_set_client")))
      try cursor.skip(4, "collations")
    case 6: try cursor.skip(Int(try cursor.uint8("catalog length")), "catalog")
    default: return false
    }
    return true
  }

  /// True if a byte below 0x80 always is that character of ASCII: no other text can be split at its quotes.
  var keepsASCII: Bool {
    switch characterSet {
    case .big5, .cp932, .gb18030, .gbk, .sjis, .swe7, .ucs2, .utf16, .utf16le, .utf32: false
    default: true
    }
  }

  /// The table's name of the statement in UTF-8, as `defaultSchema` is; nil where that is not certain.
  func utf8(_ name: TableName, defaultSchema: [UInt8]) -> TableName? {
    let schema = name.schema == defaultSchema ? defaultSchema : utf8(name.schema)
    guard let schema, let table = utf8(name.table) else { return nil }
    return TableName(schema: schema, table: table)
  }

  /// The name `bytes` of the statement in UTF-8, as TABLE_MAP has names; nil where that is not certain.
  func utf8(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.contains(where: { $0 >= 0x80 }) else { return bytes }
    switch characterSet {
    case nil, .binary: return nil
    case .utf8mb3, .utf8mb4: return bytes
    case let characterSet?:
      var text = OutputBuffer(capacity: bytes.count * 4)
      let replaced = text.append(jsonString: bytes.bytes, from: characterSet)
      let name = text.bytes.extracting(1..<text.count - 1).array
      return replaced == 0 && !name.contains(UInt8(ascii: "\\")) ? name : nil
    }
  }
}
