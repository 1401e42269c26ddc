import BinlogParser
import MySQLBinlogConnector
import Pipeline
import Testing

/// The statements by which engines read typed tables.
@Suite struct SchemaStatementsTests {
  private static func document(
    _ columns: [(String, DatasetType)], _ database: String = "shop", _ table: String = "orders", key: [Int] = [0]
  ) -> DatasetDocument {
    var document = DatasetDocument(TableName(schema: Array(database.utf8), table: Array(table.utf8)))
    let names = columns.map(\.0)
    let assigned = document.columns.assign(names, columns.map(\.1))
    document.setNewest(assigned, names: names, sqlTypes: [], primaryKey: key)
    return document
  }

  /// A table whose column `amount` became a string.
  private static var altered: DatasetDocument {
    var document = document([("id", .int64), ("amount", .decimal64(scale: 2)), ("gone", .date)])
    let names = ["amount", "id"]
    let assigned = document.columns.assign(names, [.string, .int64])
    document.setNewest(assigned, names: names, sqlTypes: [], primaryKey: [1])
    return document
  }

  private static func text(_ dialect: SQLDialect, _ document: DatasetDocument, isByDate: Bool = false) -> String {
    dialect.statements([SchemaTable(document, folder: "/lake/shop/orders", isByDate: isByDate)])
  }

  /// Files that the log does not name, or does not name any more, must not be read.
  @Test(arguments: [
    (SQLDialect.duckdb, "FROM delta_scan('s3://b/shop/orders')"),
    (.spark, "CREATE TABLE IF NOT EXISTS `shop`.`orders` USING delta LOCATION 's3a://b/shop/orders';"),
    (
      .athena,
      """
      CREATE EXTERNAL TABLE IF NOT EXISTS `shop`.`orders`
      LOCATION 's3://b/shop/orders/'
      TBLPROPERTIES ('table_type' = 'DELTA');
      """
    ),
    (
      .clickhouse,
      """
      CREATE TABLE IF NOT EXISTS `shop`.`orders`
      ENGINE = DeltaLake('s3://b/shop/orders');
      """
    ),
  ])
  func deltaTablesAreReadByTheirLogs(_ dialect: SQLDialect, _ statement: String) {
    let table = SchemaTable(Self.altered, folder: "s3://b/shop/orders", isByDate: true, format: .delta)
    let text = dialect.statements([table])
    #expect(text.contains(statement))
    #expect(!text.contains("*.parquet") && !text.contains("MSCK") && !text.contains("PARTITIONED"))
  }

  @Test func duckdbShowsTheCurrentState() {
    #expect(
      Self.text(.duckdb, Self.altered) == """
        -- "shop"."orders"
        CREATE SCHEMA IF NOT EXISTS "shop";
        CREATE OR REPLACE VIEW "shop"."orders" AS
        WITH changes AS (
          SELECT
            "_cdc_op",
            "_cdc_seq",
            coalesce("amount__string", TRY_CAST("amount" AS VARCHAR)) AS "amount__string",
            "id"
          FROM read_parquet('/lake/shop/orders/**/*.parquet', union_by_name = true, hive_partitioning = false)
        )
        SELECT
          "amount__string" AS "amount",
          "id"
        FROM changes
        WHERE "_cdc_op" <> 't'
          AND "_cdc_seq" > coalesce((SELECT max("_cdc_seq") FROM changes WHERE "_cdc_op" = 't'), -1)
        QUALIFY row_number() OVER (PARTITION BY "id" ORDER BY "_cdc_seq" DESC) = 1 AND "_cdc_op" <> 'd';

        """)
  }

  @Test func duckdbShowsAllChangesOfATableWithoutAKey() {
    #expect(
      Self.text(.duckdb, Self.document([("a", .int64)], key: [])) == """
        -- "shop"."orders"
        -- The primary key is not known: these are all changes.
        CREATE SCHEMA IF NOT EXISTS "shop";
        CREATE OR REPLACE VIEW "shop"."orders" AS
        SELECT * FROM read_parquet('/lake/shop/orders/**/*.parquet', union_by_name = true, hive_partitioning = false);

        """)
  }

  /// Bytes and lists are nobody's text; a column that the table has now is no old one of another.
  @Test(
    arguments: [
      (.binary, .string, false), (.string, .binary, false), (.floats, .string, false), (.int64, .string, true),
      (.string, .timestamp, true), (.date, .dateTime, true),
    ] as [(DatasetType, DatasetType, Bool)])
  func duckdbTakesOldValuesThatCanBeCast(_ old: DatasetType, _ new: DatasetType, _ isCast: Bool) {
    var document = Self.document([("id", .int64), ("a", old)])
    let assigned = document.columns.assign(["id", "a"], [.int64, new])
    document.setNewest(assigned, names: ["id", "a"], sqlTypes: [], primaryKey: [0])
    let text = Self.text(.duckdb, document)
    #expect(text.contains("TRY_CAST(\"a\" AS") == isCast)
    #expect(text.contains("of rows from before an ALTER to \"a__\(new.word)\" is not shown") != isCast)
  }

  /// Keys that a type does not hold, as 0000-00-00, are all NULL.
  @Test(
    arguments: [
      (.date, true), (.dateTime, true), (.timestamp, true), (.string, true), (.int64, false), (.binary, false),
    ] as [(DatasetType, Bool)])
  func duckdbTellsKeysApartThatTheirTypeDoesNotHold(_ type: DatasetType, _ isTold: Bool) {
    let text = Self.text(.duckdb, Self.document([("a/'~", type), ("b", .date)]))
    #expect(text.contains("PARTITION BY \"a/'~\", \"_cdc_raw\" ->> '/a~1''~0' ORDER") == isTold)
    #expect(text.contains("PARTITION BY \"a/'~\" ORDER") != isTold)
    #expect(text.contains("    \"_cdc_raw\",\n") == isTold)
  }

  @Test func duckdbKeepsColumnsApartThatSwappedNames() {
    var document = Self.document([("id", .int64), ("a", .int64), ("b", .string)])
    let assigned = document.columns.assign(["id", "b", "a"], [.int64, .int64, .string])
    document.setNewest(assigned, names: ["id", "b", "a"], sqlTypes: [], primaryKey: [0])
    let text = Self.text(.duckdb, document)
    #expect(text.contains("\"b__bigint\" AS \"b\"") && text.contains("\"a__string\" AS \"a\""))
  }

  private static let changeColumns = [
    ("_cdc_op", "STRING"), ("_cdc_seq", "BIGINT"), ("_cdc_time", "TIMESTAMP"), ("_cdc_file", "STRING"),
    ("_cdc_pos", "BIGINT"), ("_cdc_row", "BIGINT"), ("_cdc_gtid", "STRING"), ("_cdc_xid", "BIGINT"),
    ("_cdc_thread_id", "BIGINT"),
  ]
  private static let lastColumns = [("_cdc_before", "STRING"), ("_cdc_absent", "STRING"), ("_cdc_raw", "STRING")]

  private static func columns(_ own: [(String, String)]) -> String {
    (changeColumns + own + lastColumns).map { "  `\($0.0)` \($0.1)" }.joined(separator: ",\n")
  }

  private static let own = [
    ("id", "BIGINT"), ("amount", "DECIMAL(18, 2)"), ("gone", "DATE"), ("amount__string", "STRING"),
  ]

  @Test func sparkReadsAllChanges() {
    #expect(
      Self.text(.spark, Self.altered) == """
        -- "shop"."orders"
        CREATE DATABASE IF NOT EXISTS `shop`;
        CREATE TABLE IF NOT EXISTS `shop`.`orders` (
        \(Self.columns(Self.own))
        )
        USING parquet
        LOCATION '/lake/shop/orders';

        """)
    #expect(
      Self.text(.spark, Self.document([("id", .int64)]), isByDate: true) == """
        -- "shop"."orders"
        CREATE DATABASE IF NOT EXISTS `shop`;
        CREATE TABLE IF NOT EXISTS `shop`.`orders` (
        \(Self.columns([("id", "BIGINT")])),
          `dt` DATE
        )
        USING parquet
        PARTITIONED BY (`dt`)
        LOCATION '/lake/shop/orders';
        MSCK REPAIR TABLE `shop`.`orders`;

        """)
  }

  @Test func athenaReadsAllChanges() {
    let table = SchemaTable(Self.altered, folder: "s3://bucket/lake/shop/orders", isByDate: true)
    #expect(
      SQLDialect.athena.statements([table]) == """
        -- "shop"."orders"
        -- New days appear with MSCK REPAIR TABLE `shop`.`orders`, or by themselves with partition projection.
        CREATE DATABASE IF NOT EXISTS `shop`;
        CREATE EXTERNAL TABLE IF NOT EXISTS `shop`.`orders` (
        \(Self.columns(Self.own))
        )
        PARTITIONED BY (`dt` STRING)
        STORED AS PARQUET
        LOCATION 's3://bucket/lake/shop/orders/';
        MSCK REPAIR TABLE `shop`.`orders`;

        """)
  }

  @Test func clickhouseReadsAllChanges() {
    let document = Self.document([("id", .int64), ("v", .floats), ("d", .dateTime)])
    #expect(
      Self.text(.clickhouse, document) == """
        -- "shop"."orders"
        CREATE DATABASE IF NOT EXISTS `shop`;
        CREATE TABLE IF NOT EXISTS `shop`.`orders` (
          `_cdc_op` String,
          `_cdc_seq` Int64,
          `_cdc_time` DateTime64(6, 'UTC'),
          `_cdc_file` String,
          `_cdc_pos` Int64,
          `_cdc_row` Int64,
          `_cdc_gtid` Nullable(String),
          `_cdc_xid` Nullable(Int64),
          `_cdc_thread_id` Nullable(Int64),
          `id` Nullable(Int64),
          `v` Array(Float32),
          `d` Nullable(DateTime64(6, 'UTC')),
          `_cdc_before` Nullable(String),
          `_cdc_absent` Nullable(String),
          `_cdc_raw` Nullable(String)
        )
        ENGINE = File(Parquet, '/lake/shop/orders/**/*.parquet');

        """)
  }

  @Test(
    arguments: [
      (.duckdb, "read_parquet('s3://bucket/a b%25/t/**/*.parquet', "), (.spark, "LOCATION 's3a://bucket/a b%25/t';"),
      (.athena, "LOCATION 's3://bucket/a b%25/t/';"),
      (.clickhouse, "S3('s3://bucket/a%20b%2525/t/**/*.parquet', 'Parquet')"),
    ] as [(SQLDialect, String)])
  func objectsAreFoundInTheirStore(_ dialect: SQLDialect, _ address: String) {
    let table = SchemaTable(Self.document([("id", .int64)]), folder: "s3://bucket/a b%25/t")
    #expect(dialect.statements([table]).contains(address))
  }

  @Test func clickhouseFindsAStoreThatIsNotAmazons() {
    let table = SchemaTable(
      Self.document([("id", .int64)]), folder: "s3://bucket/t", endpoint: "http://127.0.0.1:9000")
    let text = SQLDialect.clickhouse.statements([table])
    #expect(text.contains("S3('http://127.0.0.1:9000/bucket/t/**/*.parquet', 'Parquet')"))
  }

  @Test(
    arguments: [
      (.spark, "OPTIONS (recursiveFileLookup 'true')", "`dt` DATE"),
      (.athena, "STORED AS PARQUET", "PARTITIONED"),
      (.clickhouse, "SET use_hive_partitioning = 0;", "`dt` Date"),
      (.duckdb, "hive_partitioning = false", "hive_partitioning = true"),
    ] as [(SQLDialect, String, String)])
  func aColumnIsNotHiddenByTheFoldersOfDays(_ dialect: SQLDialect, _ has: String, _ lacks: String) {
    let text = Self.text(dialect, Self.document([("id", .int64), ("DT", .string)]), isByDate: true)
    #expect(text.contains(has) && !text.contains(lacks))
  }

  /// No statement of one table is taken for another's.
  @Test(
    arguments: [
      (.duckdb, ["\"s\".\"T\"", "\"s\".\"t__2\"", "\"s\".\"a b\"", "\"s\".\"a-b\""]),
      (.spark, ["`s`.`T`", "`s`.`t__2`", "`s`.`a_b`", "`s`.`a_b__2`"]),
      (.athena, ["`s`.`t`", "`s`.`t__2`", "`s`.`a_b`", "`s`.`a_b__2`"]),
      (.clickhouse, ["`s`.`T`", "`s`.`t`", "`s`.`a b`", "`s`.`a-b`"]),
    ] as [(SQLDialect, [String])])
  func noTwoTablesHaveOneName(_ dialect: SQLDialect, _ names: [String]) {
    let tables = ["T", "t", "a b", "a-b"].map {
      SchemaTable(Self.document([("id", .int64)], "s", $0), folder: "/lake/s/\($0)")
    }
    let lines = dialect.statements(tables).split(separator: "\n").filter { $0.hasPrefix("CREATE") && $0.contains(".") }
    #expect(lines.count == names.count)
    for (line, name) in zip(lines, names) { #expect(line.contains(" \(name) ")) }
  }

  @Test(arguments: SQLDialect.allCases)
  func aNameCannotEndItsComment(_ dialect: SQLDialect) {
    let text = dialect.statements([
      SchemaTable(Self.document([("id", .int64)], "s", "a\nDROP TABLE b;"), folder: "/lake/s/a")
    ])
    #expect(text.hasPrefix("-- \"s\".\"a\\nDROP TABLE b;\"\n"))
  }

  @Test func wildcardsInThePathOfTheOutputAreCharacters() {
    let table = SchemaTable(Self.document([("id", .int64)]), folder: "/l[a]ke*/it's/t")
    #expect(SQLDialect.duckdb.statements([table]).contains("read_parquet('/l[[]a]ke[*]/it''s/t/**/*.parquet',"))
  }
}
