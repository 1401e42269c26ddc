import TestSupport
import Testing

import BinlogParser

/// Tables from scripts as mysqldump, mariadb-dump and people write them.
@Suite struct SchemaReaderTests {
  /// All tables of `script`, which is read in pieces of `step` bytes.
  static func tables(_ script: [UInt8], step: Int = 1 << 16) throws(SQLScript.Failure) -> [TableSchema] {
    var reader = SchemaReader(path: "x.sql")
    var tables: [TableSchema] = []
    var start = 0
    while start < script.count {
      let end = min(start + step, script.count)
      reader.append(Array(script[start..<end]))
      while let table = try reader.next(isLast: false) { tables.append(table) }
      start = end
    }
    while let table = try reader.next(isLast: true) { tables.append(table) }
    return tables
  }

  private static func tables(_ script: String) throws(SQLScript.Failure) -> [TableSchema] {
    try tables(Array(script.utf8))
  }

  /// The one column of a table with the columns `text`, in a table in utf8mb4.
  private static func column(_ text: String) throws -> ColumnDescription {
    let found = try tables("CREATE TABLE d.t (\(text)) DEFAULT CHARSET=utf8mb4;")
    return try #require(found.first?.columns.first)
  }

  // MARK: Types

  struct TypeCase: Sendable, CustomStringConvertible {
    let text: String
    let type: String
    var characterSet: String?
    var octets: UInt64?
    var description: String { text }

    init(_ text: String, _ type: String, _ characterSet: String? = nil, _ octets: UInt64? = nil) {
      self.text = text
      self.type = type
      self.characterSet = characterSet
      self.octets = octets
    }
  }

  static let types: [TypeCase] = [
    TypeCase("int", "int"), TypeCase("int(10) unsigned zerofill", "int(10) unsigned"),
    TypeCase("INTEGER UNSIGNED", "int unsigned"), TypeCase("bool", "tinyint"), TypeCase("BOOLEAN", "tinyint"),
    TypeCase("serial", "bigint unsigned"), TypeCase("int8", "bigint"), TypeCase("middleint", "mediumint"),
    TypeCase("double precision", "double"), TypeCase("real unsigned", "double unsigned"),
    TypeCase("float(24)", "float"), TypeCase("float(25)", "double"), TypeCase("float(7,3)", "float(7,3)"),
    TypeCase("decimal", "decimal(10,0)"), TypeCase("dec(5)", "decimal(5,0)"),
    TypeCase("NUMERIC(5,2) UNSIGNED", "decimal(5,2) unsigned"), TypeCase("bit", "bit(1)"), TypeCase("bit(9)", "bit(9)"),
    TypeCase("year(4)", "year(4)"), TypeCase("datetime(6) /* mariadb-5.3 */", "datetime(6)"), TypeCase("date", "date"),
    TypeCase("timestamp NULL DEFAULT current_timestamp() ON UPDATE current_timestamp()", "timestamp"),
    TypeCase("char", "char(1)", "utf8mb4", 4), TypeCase("varchar(10)", "varchar(10)", "utf8mb4", 40),
    TypeCase("character varying(10)", "varchar(10)", "utf8mb4", 40),
    TypeCase("nchar(3)", "char(3)", "utf8mb3", 9), TypeCase("national varchar(3)", "varchar(3)", "utf8mb3", 9),
    TypeCase("national char varying(3)", "varchar(3)", "utf8mb3", 9),
    TypeCase("varchar(10) CHARACTER SET latin1 COLLATE latin1_bin", "varchar(10)", "latin1", 10),
    TypeCase("varchar(10) CHARSET utf8", "varchar(10)", "utf8mb3", 30),
    TypeCase("varchar(10) COLLATE cp1251_bin NOT NULL", "varchar(10)", "cp1251", 10),
    TypeCase("varchar(10) COLLATE uca1400_ai_ci", "varchar(10)", "utf8mb4", 40),
    TypeCase("varchar(10) COLLATE uca1400_ai_ci, b int", "varchar(10)", "utf8mb4", 40),
    TypeCase("char(4) byte", "binary(4)", nil, 4), TypeCase("char(4) ASCII", "char(4)", "latin1", 4),
    TypeCase("varchar(4) CHARACTER SET binary", "varbinary(4)", nil, 4), TypeCase("binary(4)", "binary(4)", nil, 4),
    TypeCase("varbinary(300)", "varbinary(300)", nil, 300),
    TypeCase("varchar(100) /*M!100301 COMPRESSED*/ DEFAULT NULL", "varchar(100)", "utf8mb4", 400),
    TypeCase("text", "text", "utf8mb4"), TypeCase("text(63)", "tinytext", "utf8mb4"),
    TypeCase("blob(256)", "blob"), TypeCase("text(65536)", "mediumtext", "utf8mb4"),
    TypeCase("longtext COLLATE binary", "longblob"), TypeCase("long varbinary", "mediumblob"),
    TypeCase("long", "mediumtext", "utf8mb4"), TypeCase("json DEFAULT (json_array(1, 2))", "json", "utf8mb4"),
    TypeCase("uuid NOT NULL DEFAULT uuid()", "uuid"), TypeCase("inet4", "inet4"), TypeCase("inet6", "inet6"),
    TypeCase("vector(3)", "vector(3)"), TypeCase("point /*!80003 SRID 4326 */", "point"),
    TypeCase("geometry REF_SYSTEM_ID=4326", "geometry"),
    TypeCase("enum('a','it''s','x,)','\\\\')", #"enum('a','it''s','x,)','\\')"#),
    TypeCase("set('größe',\"b\") COLLATE latin1_bin", "set('größe','b')"), TypeCase("enum(x'ff','a')", "enum('?','a')"),
    TypeCase("enum('\\n','\\0','\\\\n')", #"enum('\n','\0','\\n')"#),
    TypeCase("int GENERATED ALWAYS AS ((`a` + length(')'))) STORED COMMENT 'unsigned, CHARSET x'", "int"),
    TypeCase("int AS (`a` + 1) VIRTUAL INVISIBLE", "int"), TypeCase("int CHECK (`c` > 0)", "int"),
    TypeCase("int DEFAULT -1 COMMENT 'it''s (a) \\'note\\''", "int"), TypeCase("bit(1) DEFAULT b'0'", "bit(1)"),
    TypeCase("int REFERENCES o (id) ON DELETE SET DEFAULT, d int", "int"),
    TypeCase("int DEFAULT unsigned", "int"), TypeCase("someday(3)", "someday(3)"),
  ]

  @Test(arguments: types)
  func typesAreThoseOfTheServer(_ expected: TypeCase) throws {
    let column = try Self.column("c \(expected.text)")
    #expect(column.name == "c" && column.columnType == expected.type)
    #expect(column.characterSet == expected.characterSet)
    if let octets = expected.octets { #expect(column.octetLength == octets) }
    #expect(expected.type.hasPrefix(column.dataType))
  }

  @Test(arguments: [
    ("c int", true), ("c int NOT NULL", false), ("c int DEFAULT NULL", true), ("c int PRIMARY KEY", false),
    ("c int DEFAULT (NOT 1)", true), ("c int COMMENT 'NOT NULL'", true), ("c int, PRIMARY KEY (C)", false),
    ("c serial", false), ("c int KEY", false), ("c int UNIQUE KEY", true),
  ])
  func nullsAreRead(_ text: String, _ isNullable: Bool) throws {
    #expect(try Self.column(text).isNullable == isNullable)
  }

  @Test(arguments: [
    ("PRIMARY KEY (`b`,`a`)", [1, 0]), ("PRIMARY KEY (`b`(10) DESC) USING BTREE COMMENT 'x, (a)'", [1]),
    ("CONSTRAINT `p` PRIMARY KEY USING BTREE (a, b)", [0, 1]), ("UNIQUE KEY `u` (`a`)", []),
    ("KEY `k` (`a`), PRIMARY KEY (`a`), FULLTEXT KEY `f` (`b`) /*!50100 WITH PARSER `ngram` */", [0]),
    ("CONSTRAINT `c` CHECK ((`a` > 0) and (`b` <> 'PRIMARY KEY')) /*!80016 NOT ENFORCED */", []),
    ("PERIOD FOR SYSTEM_TIME (`a`, `b`), PRIMARY KEY (`a`, `b` WITHOUT OVERLAPS)", [0, 1]),
    ("VECTOR KEY `v` (`b`) `M`=6 `DISTANCE`=euclidean", []), ("KEY `f` ((cast(`b` as unsigned array)))", []),
    ("CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `o` (`id`) ON DELETE SET NULL", []),
  ])
  func keysAreRead(_ key: String, _ indices: [Int]) throws {
    let found = try Self.tables("CREATE TABLE d.t (`a` int, `b` varchar(20),\n  \(key)\n) CHARSET=latin1")
    #expect(found.first?.columns.map(\.name) == ["a", "b"])
    #expect(found.first?.primaryKey == indices)
  }

  // MARK: Scripts

  /// Each script defines these tables, "database.table(columns)".
  static let scripts: [(String, [String])] = [
    ("USE `shop`;\nCREATE TABLE `t` (`a` int);", ["shop.t(a)"]),
    ("CREATE TABLE `a``b`.\"c\"\"d\" (\"e f\" int, g int)", ["a`b.c\"d(e f,g)"]),
    (
      "-- Host: localhost    Database: shop\n-- ----\n/*!40101 SET NAMES utf8mb4 */;\nCREATE TABLE t (a int);",
      ["shop.t(a)"]
    ),
    (
      "-- Host: h    Database: a\nCREATE TABLE t (a int);\n-- Host: h    Database: b\nCREATE TABLE t (b int);",
      ["a.t(a)", "b.t(b)"]
    ),
    ("/*M!999999\\- enable the sandbox mode */ \nCREATE TABLE d.t (a int);", ["d.t(a)"]),
    (
      "CREATE DATABASE /*!32312 IF NOT EXISTS*/ `d` /*!40100 DEFAULT CHARACTER SET latin1 */;\nUSE `d`;CREATE TABLE t (a text)",
      ["d.t(a)"]
    ),
    ("create table if not exists d.t (a int) engine=InnoDB;", ["d.t(a)"]),
    ("CREATE OR REPLACE TABLE d.t (a int);", ["d.t(a)"]),
    (
      "USE d; CREATE TEMPORARY TABLE t (a int); CREATE VIEW v AS SELECT 1; DROP TABLE x; CREATE TABLE u (b int);",
      ["d.u(b)"]
    ),
    (
      "USE d;\n/*!50001 CREATE TABLE `v` (`a` tinyint NOT NULL) ENGINE=MyISAM */;\n/*!50001 CREATE VIEW `w` AS SELECT 1*/;",
      []
    ),
    ("USE d;\nINSERT INTO `t` VALUES (1,'; CREATE TABLE x (a int); ''\\'','--');\nCREATE TABLE u (b int);", ["d.u(b)"]),
    (
      "USE d;\nDELIMITER ;;\n/*!50003 CREATE*/ /*!50003 TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN\nSET @a = 1; "
        + "CREATE TABLE z (a int); END */;;\nDELIMITER ;\nCREATE TABLE u (b int);", ["d.u(b)"]
    ),
    (
      "USE d; # CREATE TABLE x (a int);\n-- CREATE TABLE x (a int);\n/* CREATE TABLE x (a int); */CREATE TABLE u (b int);",
      ["d.u(b)"]
    ),
    ("CREATE TABLE d.t (a int -- the first; of all\n, b /* x; */ int # it's\n, c int);", ["d.t(a,b,c)"]),
    (
      "CREATE TABLE d.t (a int) /*!50100 PARTITION BY RANGE (a) (PARTITION p VALUES LESS THAN (10) ENGINE = InnoDB) */;",
      ["d.t(a)"]
    ),
    (
      "CREATE TABLE d.t (a int) COMMENT='SELECT; CREATE' AUTO_INCREMENT=5 UNION=(`x`,`y`) WITH SYSTEM VERSIONING;",
      ["d.t(a)"]
    ),
    ("CREATE TABLE d.t (`primary` int, period int, `key` int, vector vector(3));", ["d.t(primary,period,key,vector)"]),
    ("\u{FEFF}CREATE TABLE d.t (a int);", ["d.t(a)"]), ("", []), (";;;\n", []), ("USE d", []),
    ("LOCK TABLES `t` WRITE;\n/*!40000 ALTER TABLE `t` DISABLE KEYS */;\nCREATE TABLE d.t (a int)", ["d.t(a)"]),
    ("CREATE SEQUENCE d.s start with 1; CREATE TABLE d.t (a int DEFAULT nextval(`d`.`s`), b int)", ["d.t(a,b)"]),
  ]

  @Test(arguments: scripts)
  func scriptsDefineTables(_ script: String, _ expected: [String]) throws {
    for step in [1 << 16, 7, 1] {
      let found = try Self.tables(Array(script.utf8), step: step)
      #expect(
        found.map { "\($0.database).\($0.table)(\($0.columns.map(\.name).joined(separator: ",")))" } == expected)
    }
  }

  @Test(arguments: [
    ("\n\nCREATE TABLE t (a int);", 3, "nothing says the database of table t"),
    ("USE d;\nCREATE TABLE t (a int,\n b text,\n c int);", 3, "nothing says the character set of column b"),
    ("CREATE TABLE d.t (a text) COLLATE=uca1400_ai_ci;", 1, "nothing says the character set of column a"),
    ("CREATE TABLE d.t (a text CHARSET klingon);", 1, "the character set klingon is unknown"),
    ("\nCREATE TABLE d.t LIKE d.s;", 2, "CREATE TABLE … LIKE does not say the columns"),
    ("CREATE TABLE d.t (LIKE d.s);", 1, "CREATE TABLE … LIKE does not say the columns"),
    ("CREATE TABLE d.t SELECT 1;", 1, "CREATE TABLE … SELECT does not say the columns"),
    ("CREATE TABLE d.t AS SELECT 1;", 1, "CREATE TABLE … SELECT does not say the columns"),
    ("CREATE TABLE d.t (a int) AS SELECT 1;", 1, "CREATE TABLE … SELECT does not say the columns"),
    ("CREATE TABLE d.t (a int)\nCREATE TABLE d.u (a int);", 2, "a semicolon is missing before CREATE"),
    ("USE d\nCREATE TABLE t (a int);", 2, "a semicolon is missing behind USE"),
    ("CREATE TABLE d.t (a int", 1, "a comma or the closing parenthesis is missing"),
    ("CREATE TABLE d.t (a int, b decimal(10", 1, "the parentheses of the type of b do not end"),
    ("CREATE TABLE d.t (a int, KEY (b", 1, "a parenthesis does not end"),
    ("CREATE TABLE d.t ();", 1, "the name of a column is missing"),
    ("CREATE TABLE d.t;", 1, "the list of columns is missing"),
    ("CREATE TABLE d.t (KEY k (a));", 1, "the table has no columns"),
    ("CREATE TABLE d.t (a);", 1, "the type of column a is missing"),
    ("CREATE TABLE d.t (a int, PRIMARY KEY (b));", 1, "the primary key has a column b, and the table has none"),
    ("CREATE TABLE d.t (a enum(+));", 1, "a number or a label is missing"),
    ("CREATE TABLE d.t (a int,\n A int);", 2, "the column A stands there twice"),
    ("CREATE TABLE d.t (a int, PRIMARY KEY (a, a));", 1, "the primary key has more columns than the table"),
    (
      "CREATE TABLE d.t (" + (0..<4097).map { "c\($0) int" }.joined(separator: ",") + ");", 1,
      "the table has more than 4096 columns"
    ),
    ("SET x = 1;\nINSERT INTO t VALUES ('x\n", 2, "a quote does not end"), ("CREATE /* x", 1, "a comment does not end"),
  ])
  func whatCannotBeReadSaysWhere(_ script: String, _ line: Int, _ reason: String) throws {
    do throws(SQLScript.Failure) {
      let found = try Self.tables(script)
      Issue.record("\(found.count) tables")
    } catch {
      #expect(error.line == line)
      #expect(error.reason.hasPrefix(reason), "\(error.reason)")
    }
  }

  @Test(
    arguments: [
      ([0xFF, 0xFE, 0x43, 0x00], "the file is in UTF-16"),
      (Array("CREATE TABLE d.t (`".utf8) + [0xE9] + Array("` int)".utf8), "a name or a label is not in UTF-8"),
    ] as [([UInt8], String)])
  func filesInOtherEncodingsAreRefused(_ script: [UInt8], _ reason: String) {
    do throws(SQLScript.Failure) {
      let found = try Self.tables(script)
      Issue.record("\(found.count) tables")
    } catch {
      #expect(error.reason.hasPrefix(reason), "\(error.reason)")
    }
  }

  @Test func aTableHasThePlaceOfItsStatement() throws {
    let script =
      "USE d;\n-- x\n\n/* a\n b */\nCREATE TABLE t (\n a int);\nINSERT INTO t VALUES ('\n');CREATE TABLE u (a int);"
    #expect(try Self.tables(script).map(\.origin) == [.file(path: "x.sql", line: 6), .file(path: "x.sql", line: 9)])
  }

  @Test func alterTableIsNoted() throws {
    var reader = SchemaReader(path: "x.sql")
    reader.append(Array("/*!40000 ALTER TABLE t DISABLE KEYS */;\nALTER DATABASE d;\nALTER TABLE t ADD b int;".utf8))
    #expect(try reader.next(isLast: true) == nil)
    #expect(reader.alteredLine == 3)
  }

  // MARK: Damage

  private static let dump = Array(
    """
    -- Host: localhost    Database: shop
    /*!40101 SET NAMES utf8mb4 */;
    DROP TABLE IF EXISTS `t`;
    CREATE TABLE `t` (
      `id` int unsigned NOT NULL AUTO_INCREMENT,
      `e` enum('a','it''s','\\\\') CHARACTER SET latin1 DEFAULT 'a' COMMENT 'x',
      `g` int GENERATED ALWAYS AS ((`id` + 1)) VIRTUAL,
      PRIMARY KEY (`id`), KEY `k` (`e`(3))
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!50100 PARTITION BY HASH (`id`) PARTITIONS 4 */;
    INSERT INTO `t` VALUES (1,'it\\'s;',2),(2,'',3);
    DELIMITER ;;
    /*!50003 CREATE*/ /*!50003 TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET @a = 1 */;;
    DELIMITER ;
    """.utf8)

  /// Every beginning is read, or is an error with a line of the file; and so is every text with a bit flipped.
  @Test func damagedScriptsEndWithTablesOrAnErrorWithItsLine() {
    for text in Array(Damage.truncations(of: Self.dump)) + Array(Damage.bitFlips(of: Self.dump)) {
      do throws(SQLScript.Failure) {
        let tables = try Self.tables(text)
        #expect(tables.count <= 1)
      } catch {
        #expect(error.line >= 1 && error.line <= 14 && !error.reason.isEmpty)
      }
    }
  }

  /// Rows of any number take no memory, and long runs of one sign no long time.
  @Test(arguments: [
    "(", "'", "`", "\"", "/*", "*/", "-- ", "#", "\\", ";", "\n", "CREATE TABLE d.t (", "DELIMITER x\n", "a,", "/*!",
  ])
  func longRunsOfOneSignAreReadInTime(_ sign: String) {
    let start = ContinuousClock.now
    for head in ["", "CREATE TABLE d.t (a int, "] {
      _ = try? Self.tables(Array((head + String(repeating: sign, count: 100_000)).utf8), step: 4096)
    }
    #expect(start.duration(to: .now) < .seconds(20))
  }
}
