import Foundation
import MySQLBinlogConnector
import MySQLWire
import ParquetWriter
import Pipeline
import Testing

@Suite struct ConfigurationTests {
  @Test func defaults() throws {
    let configuration = try configuration(json())
    #expect(configuration.server.host == "db.example")
    #expect(configuration.server.port == 3306)
    #expect(configuration.server.user == "")
    #expect(configuration.server.password.isEmpty)
    #expect(configuration.server.database == nil)
    #expect(configuration.server.serverID >= 0x8000_0000)
    #expect(configuration.server.connectTimeoutSeconds == 10)
    #expect(configuration.server.readTimeoutSeconds == 60)
    #expect(configuration.tls.mode == .preferred)
    #expect(configuration.tls.caFile == nil)
    #expect(configuration.tls.certificateFile == nil)
    #expect(configuration.tls.keyFile == nil)
    #expect(configuration.range.from.file == "binlog.000001")
    #expect(configuration.range.from.offset == 4)
    #expect(configuration.range.toFile == nil)
    #expect(configuration.range.toOffset == nil)
    #expect(configuration.output.mode == .stdout)
    #expect(configuration.output.delivery == .stream)
    #expect(configuration.output.parquetBatchSize == 8192)
    #expect(configuration.output.partitioning == .none)
    #expect(configuration.output.compression == .gzip(level: Compression.defaultGzipLevel))
    #expect(configuration.output.parquetJSONType == .string)
    #expect(configuration.output.events == .rows)
    #expect(configuration.output.columnNames == .auto)
    #expect(configuration.output.queueCapacity == 32)
    #expect(configuration.filter.include.isEmpty)
    #expect(configuration.filter.exclude.isEmpty)
    #expect(configuration.log.level == .info)
    #expect(configuration.log.file == nil)
    #expect(configuration.maxEventBytes == 1_073_741_824)
    #expect(configuration.warnings.isEmpty)
  }

  @Test func everyKey() throws {
    let configuration = try configuration(
      """
      {"host": "::1", "port": 65535, "user": "repl", "password": "pässword", "database": "shop",
       "from_binlog_file": "mysql-bin.000009", "from_binlog_position": 4294967296,
       "to_binlog_file": "mysql-bin.000010", "to_binlog_position": 9007199254740993,
       "output_mode": "parquet", "parquet_output_dir": "/data/out", "parquet_batch_size": 100,
       "include": ["shop.*"], "exclude": ["shop.log", "*.tmp"], "log_level": "err", "log_file": "x.log",
       "pipeline_queue_capacity": 8, "ssl_mode": "verify_identity", "ssl_ca": "ca.pem", "ssl_cert": "c.pem",
       "ssl_key": "k.pem", "server_id": 4294967295, "connect_timeout_seconds": 3, "read_timeout_seconds": 4,
       "compression": "zstd", "compression_level": 19, "parquet_json_type": "json", "events": "all",
       "column_names": "ordinal", "max_event_bytes": 4294967295}
      """)
    #expect(configuration.server.host == "::1")
    #expect(configuration.server.port == 65535)
    #expect(configuration.server.user == "repl")
    #expect(configuration.server.password.bytes == Array("pässword".utf8))
    #expect(configuration.server.database == "shop")
    #expect(configuration.server.serverID == 4_294_967_295)
    #expect(configuration.server.connectTimeoutSeconds == 3)
    #expect(configuration.server.readTimeoutSeconds == 4)
    #expect(configuration.tls.mode == .verifyIdentity)
    #expect(configuration.tls.caFile == "ca.pem")
    #expect(configuration.tls.certificateFile == "c.pem")
    #expect(configuration.tls.keyFile == "k.pem")
    #expect(configuration.range.from.file == "mysql-bin.000009")
    #expect(configuration.range.from.offset == 4_294_967_296)
    #expect(configuration.range.toFile == "mysql-bin.000010")
    #expect(configuration.range.toOffset == 9_007_199_254_740_993)
    #expect(configuration.output.mode == .parquet)
    #expect(configuration.output.delivery == .parts(.path("/data/out")))
    #expect(configuration.output.parquetBatchSize == 100)
    #expect(configuration.output.compression == .zstd(level: 19))
    #expect(configuration.output.parquetJSONType == .json)
    #expect(configuration.output.events == .all)
    #expect(configuration.output.columnNames == .ordinal)
    #expect(configuration.output.queueCapacity == 8)
    #expect(configuration.filter.include == ["shop.*"])
    #expect(configuration.filter.exclude == ["shop.log", "*.tmp"])
    #expect(configuration.log.level == .err)
    #expect(configuration.log.file == "x.log")
    #expect(configuration.maxEventBytes == 4_294_967_295)
  }

  @Test func theFilterFollowsThePatterns() throws {
    let filter = try configuration(json(["include": "[\"shop.*\"]", "exclude": "[\"shop.log\"]"])).filter.tables
    func includes(_ database: String, _ table: String) -> Bool {
      let (database, table) = (Array(database.utf8), Array(table.utf8))
      return filter.includes(database: database.span.bytes, table: table.span.bytes)
    }
    #expect(!includes("shop", "log"))
    #expect(includes("shop", "orders"))
    #expect(!includes("log", "orders"))
  }

  @Test(arguments: [
    "user", "password", "database", "to_binlog_file", "to_binlog_position", "output_mode", "parquet_output_dir",
    "parquet_batch_size", "include", "exclude", "log_level", "log_file", "pipeline_queue_capacity", "ssl_mode", "ssl",
    "ssl_ca", "ssl_cert", "ssl_key", "server_id", "connect_timeout_seconds", "read_timeout_seconds", "compression",
    "compression_level", "parquet_json_type", "events", "column_names", "password_file", "max_event_bytes",
    "from", "to", "operations",
  ])
  func nullIsTheDefault(_ key: String) {
    #expect(problems(json([key: "null"])) == [])
  }

  @Test(arguments: [("true", TLSMode.required), ("false", .disabled), ("null", .preferred)])
  func sslIsAnAlias(_ value: String, _ mode: TLSMode) throws {
    #expect(try configuration(json(["ssl": value])).tls.mode == mode)
  }

  @Test func passwordComesFromTheFileThenFromTheEnvironment() throws {
    func password(_ changes: [String: String]) throws -> [UInt8] {
      try configuration(json(changes), environment: ["MYSQL_PWD": "from-env"]).server.password.bytes
    }
    #expect(try password([:]) == Array("from-env".utf8))
    #expect(try password(["password": "null"]) == Array("from-env".utf8))
    #expect(try password(["password": "\"\""]) == [])
    #expect(try password(["password": "\"from-file\""]) == Array("from-file".utf8))
  }

  @Test func theCommandLineOverridesTheLog() throws {
    let text = json(["log_level": "\"err\"", "log_file": "\"a.log\""])
    let verbose = StreamArguments(configurationPath: "c", isVerbose: true)
    let file = StreamArguments(configurationPath: "c", logFile: "b.log")
    #expect(try configuration(text, arguments: verbose).log.level == .debug)
    #expect(try configuration(text, arguments: verbose).log.file == "a.log")
    #expect(try configuration(text, arguments: file).log.level == .err)
    #expect(try configuration(text, arguments: file).log.file == "b.log")
  }

  @Test func theSummaryNamesTheRunAndNoSecret() throws {
    let text = json([
      "user": "\"repl\"", "password": "\"hunter2\"", "to_binlog_file": "\"binlog.000002\"", "database": "\"shop\"",
      "output_mode": "\"parquet\"", "include": "[\"a.*\", \"b.c\"]", "server_id": "7", "compression_level": "4",
      "ssl_ca": "\"ca.pem\"",
    ])
    #expect(
      try configuration(text).summary == [
        "connection: host=db.example port=3306 user=repl database=shop using_password=yes server_id=7 "
          + "connect_timeout=10s read_timeout=60s max_event_bytes=1073741824",
        "tls: ssl_mode=verify_ca ssl_ca=ca.pem",
        "binlog range: binlog.000001:4 -> binlog.000002:end of file",
        "output: mode=parquet dir=./parquet_output batch_size=8192 queue_capacity=32 compression=gzip "
          + "compression_level=4 json_type=string column_names=auto",
        "filter: include=a.*,b.c",
      ])
    #expect(try configuration(json()).summary[2] == "binlog range: binlog.000001:4 -> for ever")
    #expect(try configuration(json()).summary[3] == "output: mode=stdout events=rows column_names=auto")
  }

  @Test func aConfigurationNeverPrintsItsPassword() throws {
    let configuration = try configuration(json(["password": "\"hunter2\""]))
    var dumped = "\(configuration)" + String(reflecting: configuration)
    dump(configuration, to: &dumped)
    #expect(!dumped.contains("hunter2"))
  }

  @Test(arguments: [
    ("table", true, false), ("date", false, true), ("table,date", true, true), ("date,table", true, true),
    (" date , table ", true, true),
  ])
  func partitions(_ words: String, _ byTable: Bool, _ byDate: Bool) throws {
    let settings = try configuration(json(["partition_by": "\"\(words)\""])).output
    #expect(settings.partitioning == Partitioning(byTable: byTable, byDate: byDate))
  }
}
