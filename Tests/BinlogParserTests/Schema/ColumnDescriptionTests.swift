import TestSupport
import Testing

import BinlogParser

/// What `information_schema.COLUMNS` says against what TABLE_MAP says.
@Suite struct ColumnDescriptionTests {
  private static func column(_ columnType: String, octets: UInt64? = nil) -> ColumnDescription {
    let dataType = columnType.prefix { $0 != "(" && $0 != " " }
    return ColumnDescription(
      name: "c", dataType: String(dataType), columnType: columnType, characterSet: nil, octetLength: octets)
  }

  private static func definition(_ type: UInt8, _ metadata: [UInt8]) throws -> ColumnDefinition {
    let map = TableMapBytes(columns: [(type, metadata)])
    let body = map.body
    return try TableMapEvent(body.span.bytes, postHeaderLength: 8).columns()[0]
  }

  struct Pair: Sendable, CustomStringConvertible {
    let column: String
    var octets: UInt64?
    let type: UInt8
    var metadata: [UInt8] = []
    var description: String { "\(column) \(type) \(metadata)" }
  }

  private static let equal = [
    Pair(column: "tinyint(1)", type: 1), Pair(column: "smallint unsigned", type: 2),
    Pair(column: "mediumint(9)", type: 9),
    Pair(column: "int(10) unsigned zerofill", type: 3), Pair(column: "bigint", type: 8),
    Pair(column: "float(7,3)", type: 4, metadata: [4]), Pair(column: "double", type: 5, metadata: [8]),
    Pair(column: "decimal(10,2) unsigned", type: 246, metadata: [10, 2]), Pair(column: "year(4)", type: 13),
    Pair(column: "date", type: 10), Pair(column: "datetime", type: 18, metadata: [0]),
    Pair(column: "datetime", type: 12),
    Pair(column: "datetime(6)", type: 18, metadata: [6]), Pair(column: "timestamp(3)", type: 17, metadata: [3]),
    Pair(column: "time(1)", type: 19, metadata: [1]), Pair(column: "time /* mariadb-5.3 */", type: 11),
    Pair(column: "bit(9)", type: 16, metadata: [1, 1]),
    Pair(column: "char(10)", octets: 40, type: 254, metadata: [254, 40]),
    Pair(column: "char(255)", octets: 1020, type: 254, metadata: [0xCE, 0xFC]),
    Pair(column: "binary(16)", octets: 16, type: 254, metadata: [254, 16]),
    Pair(column: "varchar(100)", octets: 400, type: 15, metadata: [0x90, 1]),
    Pair(column: "varchar(100) /*M!100301 COMPRESSED*/", octets: 400, type: 141, metadata: [0x91, 1]),
    Pair(column: "tinytext", type: 252, metadata: [1]), Pair(column: "longblob", type: 252, metadata: [4]),
    Pair(column: "json", type: 245, metadata: [4]), Pair(column: "multipolygon", type: 255, metadata: [4]),
    Pair(column: "enum('a','b')", type: 254, metadata: [247, 1]),
    Pair(column: "set('a','b')", type: 254, metadata: [248, 1]),
    Pair(column: "vector(3)", type: 242, metadata: [4]), Pair(column: "vector(3)", type: 15, metadata: [12, 0]),
    Pair(column: "uuid", type: 254, metadata: [254, 16]), Pair(column: "inet4", type: 254, metadata: [254, 4]),
  ]

  @Test(arguments: equal)
  func theSameColumnAgrees(_ pair: Pair) throws {
    let definition = try Self.definition(pair.type, pair.metadata)
    #expect(Self.column(pair.column, octets: pair.octets).agrees(with: definition))
  }

  /// No column of the list agrees with the definition of a column of another type.
  @Test func otherTypesDisagree() throws {
    for pair in Self.equal {
      for other in Self.equal where !Self.mayBeTaken(pair, for: other) {
        let definition = try Self.definition(other.type, other.metadata)
        #expect(!Self.column(pair.column, octets: pair.octets).agrees(with: definition), "\(pair) as \(other)")
      }
    }
  }

  /// Types that look the same in the log.
  private static func mayBeTaken(_ pair: Pair, for other: Pair) -> Bool {
    if pair.type == other.type, pair.metadata == other.metadata { return true }
    let word = { (text: String) in text.prefix { $0.isLetter } }
    return word(pair.column) == word(other.column)
      && ["datetime", "vector", "varchar"].contains(word(pair.column)) && pair.column != "datetime(6)"
      && other.column != "datetime(6)"
  }

  @Test(arguments: [
    Pair(column: "int", type: 8), Pair(column: "decimal(10,3)", type: 246, metadata: [10, 2]),
    Pair(column: "datetime(3)", type: 12), Pair(column: "datetime", type: 18, metadata: [3]),
    Pair(column: "char(10)", octets: 30, type: 254, metadata: [254, 40]),
    Pair(column: "char(10)", type: 254, metadata: [254, 40]),
    Pair(column: "bit(8)", type: 16, metadata: [1, 1]), Pair(column: "enum('a'", type: 254, metadata: [247, 1]),
    Pair(column: "text", type: 252, metadata: [4]), Pair(column: "someday", type: 3), Pair(column: "", type: 3),
    Pair(column: "varchar(9)", octets: UInt64(Int64.max), type: 141, metadata: [9, 0]),
    Pair(column: "varchar(9)", octets: .max, type: 141, metadata: [9, 0]),
    Pair(column: "vector(9223372036854775807)", type: 15, metadata: [12, 0]),
    Pair(column: "vector(3)", type: 15, metadata: [13, 0]),
  ])
  func anotherColumnDoesNot(_ pair: Pair) throws {
    let definition = try Self.definition(pair.type, pair.metadata)
    #expect(!Self.column(pair.column, octets: pair.octets).agrees(with: definition))
  }

  /// CREATE TABLE may say JSON where MariaDB logs LONGTEXT; a server that shows JSON logs JSON.
  @Test(arguments: [("utf8mb4", true), (nil, false)] as [(String?, Bool)])
  func jsonOfCreateTableCanBeLongText(_ characterSet: String?, _ agrees: Bool) throws {
    let column = ColumnDescription(
      name: "c", dataType: "json", columnType: "json", characterSet: characterSet, octetLength: nil)
    #expect(column.agrees(with: try Self.definition(252, [4])) == agrees)
    #expect(column.agrees(with: try Self.definition(245, [4])))
  }

  @Test(arguments: [
    ("enum('a','b')", ["a", "b"]), ("set('it''s','x,y)','','\\\\')", ["it's", "x,y)", "", "\\"]),
    ("enum('größe')", ["größe"]),
    (#"enum('\0\n\r\\n\'','\\','b')"#, ["\0\n\r\\n'", "\\", "b"]), ("enum(x'ff0','x')", ["?", "x"]),
  ])
  func labelsAreRead(_ type: String, _ labels: [String]) {
    #expect(Self.column(type).labels == labels.map { Array($0.utf8) })
  }

  @Test(arguments: [
    "enum", "enum(", "enum()", "enum('a", "enum('a'", "enum('a',", "enum('a'x)", "enum(a)", #"enum('\')"#,
    "enum(x", "enum(x'1)",
  ])
  func aListThatIsNoneHasNoLabels(_ type: String) { #expect(Self.column(type).labels == nil) }

  @Test(arguments: [
    ("int(10) unsigned", true), ("int unsigned", true), ("decimal(5,2) unsigned zerofill", true),
    ("int(3) zerofill", true),
    ("int", false), ("enum('a unsigned b')", false),
  ])
  func signednessIsRead(_ type: String, _ isUnsigned: Bool) { #expect(Self.column(type).isUnsigned == isUnsigned) }

  @Test func everyCharacterSetHasItsNameAndACollation() {
    for characterSet in CharacterSet.allCases {
      #expect(CharacterSet(name: "\(characterSet)") == characterSet)
      #expect(characterSet.anyCollationID.map { CharacterSet(collationID: $0) } == characterSet)
    }
    #expect(CharacterSet(name: "utf8") == .utf8mb3)
    #expect(CharacterSet(name: "klingon") == nil)
  }
}
