import Foundation
import MySQLBinlogConnector
import Testing

@Suite struct ConfigurationProblemTests {
  @Test(arguments: [
    ("host", "", "InvalidHost: host is missing"),
    ("host", "null", "InvalidHost: host is missing"),
    ("host", "\"\"", "InvalidHost: host must not be empty"),
    ("host", "17", "InvalidHost: host must be a string, is a number"),
    ("host", "\"a b\"", "InvalidHost: host must not contain spaces or control characters, is \"a b\""),
    ("host", "\"db\\u0000\"", "InvalidHost: host must not contain a NUL character"),
    ("host", "\"db:3306\"", "InvalidHost: host must not hold a port: that belongs in \"port\"; is \"db:3306\""),
    ("host", "\"[::1]\"", "InvalidHost: host must be an IPv6 address without brackets, is \"[::1]\""),
    ("host", "\"mysql://db\"", "InvalidHost: host must be a host name or an address, not a URL or a path"),
    ("host", "\"u:pw@db\"", "InvalidHost: host must be the host alone; user and password have their own keys"),
    ("port", "", "InvalidPort: port is missing"),
    ("port", "70000", "InvalidPort: port must be 1 to 65535, is 70000"),
    ("port", "0", "InvalidPort: port must be 1 to 65535, is 0"),
    ("port", "-1", "InvalidPort: port must be 1 to 65535, is -1"),
    ("port", "3306.5", "InvalidPort: port must be an integer, 1 to 65535, is 3306.5"),
    ("port", "\"3306\"", "InvalidPort: port must be an integer, 1 to 65535, is \"3306\""),
    ("port", "true", "InvalidPort: port must be an integer, 1 to 65535, is true"),
    ("port", "99999999999999999999", "InvalidPort: port must be 1 to 65535, is 1e+20"),
    ("port", "1e999", "InvalidPort: port must be an integer, 1 to 65535, is a value that cannot be represented"),
    ("from_binlog_file", "", "InvalidBinlogFile: from_binlog_file is missing"),
    (
      "from_binlog_file", "\"\"", "InvalidBinlogFile: from_binlog_file must be a file name like binlog.000001, is \"\""
    ),
    ("from_binlog_file", "5", "InvalidBinlogFile: from_binlog_file must be a string, is a number"),
    ("from_binlog_position", "", "InvalidBinlogPosition: from_binlog_position is missing"),
    ("from_binlog_position", "3", "InvalidBinlogPosition: from_binlog_position must be at least 4, is 3"),
    ("from_binlog_position", "0", "InvalidBinlogPosition: from_binlog_position must be at least 4, is 0"),
    ("to_binlog_position", "100", "InvalidBinlogPosition: to_binlog_position needs to_binlog_file beside it"),
    ("user", "[]", "InvalidValue: user must be a string, is a list"),
    ("password", "12345", "InvalidValue: password must be a string, is a number"),
    ("database", "\"\"", "InvalidValue: database must not be empty; leave it out, or give it a value"),
    (
      "output_mode", "\"Parquet\"",
      "InvalidValue: output_mode must be one of \"stdout\", \"json\", \"parquet\", is \"Parquet\""
    ),
    (
      "parquet_output_dir", "\"\"",
      "InvalidValue: parquet_output_dir must not be empty; leave it out, or give it a value"
    ),
    ("parquet_batch_size", "0", "InvalidValue: parquet_batch_size must be 1 to 1048576, is 0"),
    ("partition_by", "\"\"", "InvalidValue: partition_by must be \"table\", \"date\" or \"table,date\""),
    ("partition_by", "\"table,day\"", "InvalidValue: partition_by must be \"table\", \"date\" or \"table,date\""),
    ("partition_by", "\"date,date\"", "InvalidValue: partition_by must be \"table\", \"date\" or \"table,date\""),
    ("pipeline_queue_capacity", "0", "InvalidValue: pipeline_queue_capacity must be 1 to 4096, is 0"),
    ("include", "\"a.b\"", "InvalidFilter: include must be a list of strings, is a string"),
    ("include", "[\"a.b\", 1]", "InvalidFilter: include must be a list of strings, its element 2 is 1"),
    ("operations", "\"insert\"", "InvalidValue: operations must be a list of strings, is a string"),
    (
      "operations", "[]",
      "InvalidValue: operations must name at least one of \"insert\", \"update\", \"delete\" and \"truncate\""
    ),
    (
      "operations", "[\"insert\", \"INSERT\"]",
      "InvalidValue: operations must hold \"insert\", \"update\", \"delete\" and \"truncate\" only, holds \"INSERT\""
    ),
    (
      "exclude", "[\"*.*\"]",
      "InvalidFilter: exclude pattern \"*.*\": *.* stands for every table; leave the filter out instead"
    ),
    (
      "log_level", "\"warning\"",
      "InvalidValue: log_level must be one of \"debug\", \"info\", \"warn\", \"err\", is \"warning\""
    ),
    ("log_file", "{}", "InvalidValue: log_file must be a string, is an object"),
    (
      "ssl_mode", "\"on\"",
      "InvalidValue: ssl_mode must be one of \"disabled\", \"preferred\", \"required\", \"verify_ca\", "
        + "\"verify_identity\", is \"on\""
    ),
    ("ssl", "1", "InvalidValue: ssl must be true or false, is 1"),
    ("ssl_cert", "\"c.pem\"", "InvalidValue: ssl_cert needs ssl_key beside it"),
    ("ssl_key", "\"k.pem\"", "InvalidValue: ssl_key needs ssl_cert beside it"),
    ("server_id", "0", "InvalidValue: server_id must be 1 to 4294967295, is 0"),
    ("server_id", "4294967296", "InvalidValue: server_id must be 1 to 4294967295, is 4294967296"),
    ("connect_timeout_seconds", "0", "InvalidValue: connect_timeout_seconds must be 1 to 86400, is 0"),
    ("read_timeout_seconds", "0.5", "InvalidValue: read_timeout_seconds must be an integer, 1 to 86400, is 0.5"),
    ("max_event_bytes", "1048575", "InvalidValue: max_event_bytes must be 1048576 to 4294967295, is 1048575"),
    ("max_event_bytes", "4294967296", "InvalidValue: max_event_bytes must be 1048576 to 4294967295, is 4294967296"),
    ("compression", "\"lz4\"", "InvalidValue: compression must be one of \"gzip\", \"zstd\", \"none\", is \"lz4\""),
    ("compression_level", "10", "InvalidValue: compression_level must be 1 to 9, is 10"),
    (
      "parquet_json_type", "false", "InvalidValue: parquet_json_type must be one of \"string\", \"json\", is false"
    ),
    ("events", "\"none\"", "InvalidValue: events must be one of \"rows\", \"all\", is \"none\""),
    (
      "column_names", "\"names\"",
      "InvalidValue: column_names must be one of \"auto\", \"lookup\", \"log\", \"ordinal\", is \"names\""
    ),
  ])
  func oneWrongValue(_ key: String, _ value: String, _ expected: String) {
    #expect(problems(json([key: value])) == [expected])
  }

  @Test(arguments: [
    "binlog", "binlog.", ".000001", "binlog.00000x", "/var/lib/mysql/binlog.000001", "a/b.000001", "binlog.-1",
    "binlog.99999999999999999999999", "binlog.٣", "bin\\\\log.000001", "binlog.000001.parquet", "a\\nb.000001",
  ])
  func binlogFileNames(_ name: String) {
    let lines = problems(json(["from_binlog_file": "\"\(name)\""]))
    #expect(lines.count == 1)
    #expect(lines.first?.hasPrefix("InvalidBinlogFile: from_binlog_file must be a file name like") == true)
  }

  @Test(arguments: ["mysql-bin.1", "db.example.com-bin.000123", "binlog.2147483647", "log bin.000001"])
  func goodBinlogFileNames(_ name: String) {
    #expect(problems(json(["from_binlog_file": "\"\(name)\""])) == [])
  }

  @Test(arguments: [
    "db", "db.example.com", "127.0.0.1", "::1", "2001:db8::1", "fe80::1%eth0", "::ffff:10.0.0.1", "my_host",
  ])
  func goodHosts(_ host: String) {
    #expect(problems(json(["host": "\"\(host)\""])) == [])
  }

  @Test(arguments: [
    ("binlog.000002", "4", []),
    ("binlog.000009", "null", []),
    ("binlog.000010", "1000", []),
    (
      "binlog.000010", "999",
      [
        "InvalidBinlogPosition: to_binlog_position must be greater than from_binlog_position 999 in the same file, is 999"
      ]
    ),
    ("binlog.000001", "null", ["InvalidBinlogFile: to_binlog_file binlog.000001 comes before from_binlog_file"]),
    ("other.000010", "null", ["InvalidBinlogFile: to_binlog_file other.000010 has the number of from_binlog_file"]),
  ])
  func ranges(_ file: String, _ position: String, _ expected: [String]) {
    let from = expected.isEmpty && file < "binlog.000009" ? "binlog.000001" : "binlog.000010"
    let first = file == "binlog.000009" ? "binlog.000008" : from
    let lines = problems(
      json([
        "from_binlog_file": "\"\(first)\"", "from_binlog_position": "999", "to_binlog_file": "\"\(file)\"",
        "to_binlog_position": position,
      ]))
    #expect(lines.count == expected.count)
    for (line, start) in zip(lines, expected) { #expect(line.hasPrefix(start)) }
  }

  @Test func fileNumbersCompareAsNumbers() {
    let files = ["from_binlog_file": "\"binlog.999999\"", "to_binlog_file": "\"binlog.1000000\""]
    #expect(problems(json(files)) == [])
  }

  @Test(arguments: [("gzip", "0"), ("gzip", "10"), ("zstd", "0"), ("zstd", "20"), ("none", "1")])
  func compressionLevels(_ compression: String, _ level: String) {
    let lines = problems(json(["compression": "\"\(compression)\"", "compression_level": level]))
    #expect(lines.count == 1)
    #expect(lines.first?.hasPrefix("InvalidValue: compression_level ") == true)
  }

  @Test func bothNamesOfTheSSLMode() {
    #expect(
      problems(json(["ssl": "true", "ssl_mode": "\"disabled\""])) == [
        "InvalidValue: ssl is an alias of ssl_mode; give only one of the two"
      ])
  }

  @Test(arguments: [
    ("hots", "host"), ("Port", "port"), ("parquet_dir", "parquet_output_dir"), ("sslmode", "ssl_mode"),
    ("from_binlog_pos", "from_binlog_position"), ("passwort", "password"), ("serverid", "server_id"),
    ("dbname", "database"), ("start_position", "from_binlog_position"), ("startPosition", "from_binlog_position"),
    ("stop_position", "to_binlog_position"), ("binlog-file", "from_binlog_file"), ("start_datetime", "from_timestamp"),
    ("database.hostname", "host"), ("username", "user"), ("table.include.list", "include"),
    ("out_dir", "output_dir"),
    ("batch_size", "parquet_batch_size"),
  ])
  func unknownKeys(_ key: String, _ nearest: String) {
    let lines = problems(json([key: "\"hunter2\""]))
    #expect(lines.count == 1)
    #expect(lines.first?.hasPrefix("UnknownKey: \"\(key)\" (line ") == true)
    #expect(lines.first?.hasSuffix(" is not a key; the nearest one is \"\(nearest)\"") == true)
    #expect(lines.first?.contains("hunter2") == false)
  }

  @Test(arguments: ["xyzzy", "colour", "frobnicate", "é"])
  func noKeyIsNear(_ key: String) {
    let lines = problems(json([key: "1"]))
    #expect(lines.map { $0.hasSuffix(" is not a key; README.md lists those that are") } == [true], "\(lines)")
  }

  @Test func aKeyThatStandsTwice() {
    let text = json().replacing("{", with: "{\"port\": 1,\n\n", maxReplacements: 1)
    #expect(problems(text) == ["InvalidPort: port stands twice, in lines 1 and 6"])
    #expect(problems(text.replacing("{\"port\"", with: "{\"\\u0070ort\"")).count == 1)
  }

  @Test func allProblemsAreReportedAtOnce() {
    let text = """
      {"hots": "x", "port": 70000, "from_binlog_position": 1, "include": ["a.b", "c"], "exclude": ["a.b"], "log_level": 3}
      """
    #expect(
      problems(text) == [
        "UnknownKey: \"hots\" (line 1) is not a key; the nearest one is \"host\"",
        "InvalidHost: host is missing",
        "InvalidPort: port must be 1 to 65535, is 70000",
        "InvalidBinlogFile: from_binlog_file is missing",
        "InvalidBinlogPosition: from_binlog_position must be at least 4, is 1",
        "InvalidFilter: include pattern \"c\": it has no dot; a pattern is schema.table, perhaps with * and ?",
        "ConflictingPattern: pattern \"a.b\": it stands in include and in exclude",
        "InvalidValue: log_level must be one of \"debug\", \"info\", \"warn\", \"err\", is 3",
      ])
  }

  @Test func theReportHasOneLineForEachProblem() {
    let error = #expect(throws: ConfigurationError.self) { try configuration("{\"host\": \"a\\nb\"}") }
    let lines = "\(error.map { "\($0)" } ?? "")".split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines.allSatisfy { $0.hasPrefix("config.json: Invalid") })
  }
}
