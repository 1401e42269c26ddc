/// One column of a `TableSchema`, in the words of `information_schema.COLUMNS`.
///
/// See <https://dev.mysql.com/doc/refman/en/information-schema-columns-table.html>.
public struct ColumnDescription: Sendable, Equatable {
  /// COLUMN_NAME.
  public let name: String
  /// DATA_TYPE: "int".
  public let dataType: String
  /// COLUMN_TYPE: "int(10) unsigned", "enum('a','b')".
  public let columnType: String
  /// CHARACTER_SET_NAME; nil for a column that holds no text.
  public let characterSet: String?
  /// CHARACTER_OCTET_LENGTH: the greatest length in bytes of a string.
  public let octetLength: UInt64?
  /// IS_NULLABLE.
  public let isNullable: Bool

  /// A column as a row of `information_schema.COLUMNS` has it.
  public init(
    name: String, dataType: String, columnType: String, characterSet: String?, octetLength: UInt64?,
    isNullable: Bool = true
  ) {
    self.name = name
    self.dataType = dataType.lowercased()
    self.columnType = columnType
    self.characterSet = characterSet
    self.octetLength = octetLength
    self.isNullable = isNullable
  }

  /// True if the column is UNSIGNED; ZEROFILL implies it.
  package var isUnsigned: Bool {
    guard !dataType.hasPrefix("enum"), !dataType.hasPrefix("set") else { return false }
    let words = columnType.lowercased().split(separator: " ")
    return words.contains("unsigned") || words.contains("zerofill")
  }

  /// The numbers between the type's parentheses: [10, 2] of "decimal(10,2) unsigned".
  package var parameters: [Int] {
    guard let open = columnType.utf8.firstIndex(of: UInt8(ascii: "(")) else { return [] }
    let inside = columnType.utf8[columnType.utf8.index(after: open)...].prefix { $0 != UInt8(ascii: ")") }
    return inside.split(separator: UInt8(ascii: ",")).compactMap { Int(String(Substring($0))) }
  }

  /// The labels of an ENUM or a SET: "enum('a','it''s','x\\y')" has a, it's and x\y. Nil where the text is no such list.
  package var labels: [[UInt8]]? {
    let text = Array(columnType.utf8)
    guard var index = text.firstIndex(of: UInt8(ascii: "(")) else { return nil }
    var labels: [[UInt8]] = []
    repeat {
      index += 1
      guard let label = Self.quoted(text, &index) ?? Self.hexadecimal(text, &index) else { return nil }
      labels.append(label)
    } while index < text.count && text[index] == UInt8(ascii: ",")
    guard index < text.count, text[index] == UInt8(ascii: ")") else { return nil }
    return labels
  }

  /// The label that begins with the quote at `index`, which is moved behind the closing one.
  ///
  /// A quote inside is doubled; NUL, line feed, carriage return and backslash stand behind a backslash, in every SQL mode.
  private static func quoted(_ text: [UInt8], _ index: inout Int) -> [UInt8]? {
    let quote = UInt8(ascii: "'")
    guard index < text.count, text[index] == quote else { return nil }
    index += 1
    var label: [UInt8] = []
    while index < text.count {
      if text[index] == quote {
        index += 1
        guard index < text.count, text[index] == quote else { return label }
      } else if text[index] == UInt8(ascii: "\\"), index + 1 < text.count {
        index += 1
        label.append(unescaped(text[index]))
        index += 1
        continue
      }
      label.append(text[index])
      index += 1
    }
    return nil
  }

  /// The byte that `letter` behind a backslash stands for.
  private static func unescaped(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "0"): 0
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    default: letter
    }
  }

  /// The label "x'ff'" at `index`, which is moved behind it: so MySQL shows one of bytes that are no text. As the digits leave
  /// out zeros, it stands as the question mark that other servers show.
  private static func hexadecimal(_ text: [UInt8], _ index: inout Int) -> [UInt8]? {
    guard index < text.count, text[index] == UInt8(ascii: "x") else { return nil }
    index += 1
    return quoted(text, &index).map { _ in [UInt8(ascii: "?")] }
  }
}
