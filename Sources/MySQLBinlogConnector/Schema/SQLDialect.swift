import Pipeline

/// An engine whose SQL `schema` prints.
package enum SQLDialect: String, CaseIterable, Sendable {
  case duckdb
  case spark
  case athena
  case clickhouse

  /// The name of the engine.
  var title: String {
    switch self {
    case .duckdb: "DuckDB"
    case .spark: "Spark"
    case .athena: "Athena"
    case .clickhouse: "ClickHouse"
    }
  }

  /// Name of `type`.
  package func name(of type: DatasetType) -> String {
    switch self {
    case .duckdb: type.nameInDuckDB
    case .spark: type.nameInSpark
    case .athena: type == .dateTime ? "TIMESTAMP" : type.nameInSpark
    case .clickhouse: type.nameInClickHouse
    }
  }

  /// `name` as an identifier.
  package func identifier(_ name: String) -> String {
    switch self {
    case .duckdb: "\"" + name.replacing("\"", with: "\"\"") + "\""
    case .spark, .athena: "`" + name.replacing("`", with: "``") + "`"
    case .clickhouse: "`" + name.replacing("\\", with: "\\\\").replacing("`", with: "``") + "`"
    }
  }

  /// `text` as a literal.
  package func literal(_ text: String) -> String {
    switch self {
    case .duckdb: "'" + text.replacing("'", with: "''") + "'"
    case .spark, .athena, .clickhouse: "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
  }

  /// A name that the engine lets a database or a table have, for one that the server has.
  func allowedName(_ name: String) -> String {
    switch self {
    case .duckdb, .clickhouse: name
    case .spark: Self.word(name)
    case .athena: Self.word(name).lowercased()
    }
  }

  private static func word(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
  }

  /// True where the engine takes "Orders" and "orders" for one name.
  var foldsCase: Bool { self != .clickhouse }
}

extension DatasetType {
  fileprivate var nameInDuckDB: String {
    switch self {
    case .boolean: "BOOLEAN"
    case .int64: "BIGINT"
    case .decimal64, .decimal128: decimal("DECIMAL")
    case .float: "FLOAT"
    case .double: "DOUBLE"
    case .date: "DATE"
    case .dateTime: "TIMESTAMP"
    case .timestamp: "TIMESTAMP WITH TIME ZONE"
    case .string: "VARCHAR"
    case .binary: "BLOB"
    case .floats: "FLOAT[]"
    }
  }

  fileprivate var nameInSpark: String {
    switch self {
    case .boolean: "BOOLEAN"
    case .int64: "BIGINT"
    case .decimal64, .decimal128: decimal("DECIMAL")
    case .float: "FLOAT"
    case .double: "DOUBLE"
    case .date: "DATE"
    case .dateTime: "TIMESTAMP_NTZ"
    case .timestamp: "TIMESTAMP"
    case .string: "STRING"
    case .binary: "BINARY"
    case .floats: "ARRAY<FLOAT>"
    }
  }

  /// DATETIME has no time zone, and so would be shown in that of the session without the word UTC.
  fileprivate var nameInClickHouse: String {
    switch self {
    case .boolean: "Bool"
    case .int64: "Int64"
    case .decimal64, .decimal128: decimal("Decimal")
    case .float: "Float32"
    case .double: "Float64"
    case .date: "Date32"
    case .dateTime, .timestamp: "DateTime64(6, 'UTC')"
    case .string, .binary: "String"
    case .floats: "Array(Float32)"
    }
  }

  private func decimal(_ word: String) -> String {
    switch self {
    case .decimal64(let scale): "\(word)(18, \(scale))"
    case .decimal128(let precision, let scale): "\(word)(\(precision), \(scale))"
    default: word
    }
  }
}
