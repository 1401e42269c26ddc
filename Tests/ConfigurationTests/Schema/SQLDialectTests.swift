import MySQLBinlogConnector
import Pipeline
import Testing

/// Words and quotes of each engine.
@Suite struct SQLDialectTests {
  @Test(
    arguments: [
      (.boolean, ["BOOLEAN", "BOOLEAN", "BOOLEAN", "Bool"]),
      (.int64, ["BIGINT", "BIGINT", "BIGINT", "Int64"]),
      (.decimal64(scale: 2), ["DECIMAL(18, 2)", "DECIMAL(18, 2)", "DECIMAL(18, 2)", "Decimal(18, 2)"]),
      (
        .decimal128(precision: 38, scale: 0),
        ["DECIMAL(38, 0)", "DECIMAL(38, 0)", "DECIMAL(38, 0)", "Decimal(38, 0)"]
      ),
      (.float, ["FLOAT", "FLOAT", "FLOAT", "Float32"]),
      (.double, ["DOUBLE", "DOUBLE", "DOUBLE", "Float64"]),
      (.date, ["DATE", "DATE", "DATE", "Date32"]),
      (.dateTime, ["TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMP", "DateTime64(6, 'UTC')"]),
      (.timestamp, ["TIMESTAMP WITH TIME ZONE", "TIMESTAMP", "TIMESTAMP", "DateTime64(6, 'UTC')"]),
      (.string, ["VARCHAR", "STRING", "STRING", "String"]),
      (.binary, ["BLOB", "BINARY", "BINARY", "String"]),
      (.floats, ["FLOAT[]", "ARRAY<FLOAT>", "ARRAY<FLOAT>", "Array(Float32)"]),
    ] as [(DatasetType, [String])])
  func typesOfColumns(_ type: DatasetType, _ names: [String]) {
    #expect(SQLDialect.allCases.map { $0.name(of: type) } == names)
  }

  @Test(arguments: [
    ("select", ["\"select\"", "`select`", "`select`", "`select`"]),
    ("a b", ["\"a b\"", "`a b`", "`a b`", "`a b`"]),
    ("a\"b", ["\"a\"\"b\"", "`a\"b`", "`a\"b`", "`a\"b`"]),
    ("a`b", ["\"a`b\"", "`a``b`", "`a``b`", "`a``b`"]),
    ("a\\b", ["\"a\\b\"", "`a\\b`", "`a\\b`", "`a\\\\b`"]),
  ])
  func aNameCannotEndItsQuotes(_ name: String, _ quoted: [String]) {
    #expect(SQLDialect.allCases.map { $0.identifier(name) } == quoted)
  }

  @Test(arguments: [
    ("it's", ["'it''s'", "'it\\'s'", "'it\\'s'", "'it\\'s'"]),
    ("a\\", ["'a\\'", "'a\\\\'", "'a\\\\'", "'a\\\\'"]),
  ])
  func aTextCannotEndItsQuotes(_ text: String, _ quoted: [String]) {
    #expect(SQLDialect.allCases.map { $0.literal(text) } == quoted)
  }
}
