import BinlogParser
import MySQLWire
import ParquetWriter
import Pipeline

extension ConfigurationKey {
  /// The declaration of the key: the only place that says what its values are, and what they mean.
  var declaration: ConfigurationDeclaration {
    switch self {
    case .source:
      .init(
        .source, .choice(of: FileSettings.Source.self, default: .server),
        "The origin of the binlog: a server, or binlog files on this machine.", see: "binlog-files")
    case .files:
      .init(
        .source, .strings, "Paths of the binlog files to read, and patterns with `*`, `?` and `[…]`.",
        otherwise: .required("with source \"file\""), see: "binlog-files")
    case .allowGaps:
      .init(
        .source, .boolean(default: false),
        "With files: whether to read on where one of the log is missing between them.",
        see: "binlog-files")
    case .maxEventBytes:
      .init(
        .source, .integer(1 << 20...Int64(UInt32.max), default: 1 << 30),
        "The largest event, packed or unpacked, in bytes; a larger one ends the run with 65.")

    case .host:
      .init(
        .server, .text(), "The host name, or the IPv4 or IPv6 address without brackets.",
        otherwise: .required("with source \"server\""))
    case .port:
      .init(
        .server, .integer(1...Int64(UInt16.max)), "The TCP port.", otherwise: .required("with source \"server\""))
    case .user:
      .init(
        .server, .text(canBeEmpty: true),
        "The account, which needs REPLICATION SLAVE, and REPLICATION CLIENT for the end position.",
        otherwise: .derived("the anonymous account"), see: "setting-up-the-server")
    case .password:
      .init(
        .server, .text(canBeEmpty: true),
        "The account's password, where an empty one is none; without this key and `password_file` it is taken from the "
          + "environment's MYSQL_PWD.")
    case .passwordFile:
      .init(.server, .text(), "A file whose first line is the password, in place of `password`.")
    case .database: .init(.server, .text(), "The initial schema of the connection.")
    case .serverID:
      .init(
        .server, .integer(1...Int64(UInt32.max)), "The replica id to register with, which no other replica may use.",
        otherwise: .derived("random, in the upper half"))
    case .connectTimeoutSeconds:
      .init(.server, .integer(1...Self.day, default: 10), "The longest time that a connection may take to be made.")
    case .readTimeoutSeconds:
      .init(
        .server, .integer(1...Self.day, default: 60),
        "The longest silence of a dump, whose server is asked for a heartbeat twice in that time, and the longest time for "
          + "a statement's whole answer.", see: "outages")
    case .maxReconnectSeconds:
      .init(
        .server, .integer(0...Self.year),
        "The longest outage before the run gives up with 69, where 0 is for ever.",
        otherwise: .derived("0, or 60 for a run with an end"), see: "outages")
    case .lagIntervalSeconds:
      .init(
        .server, .integer(0...Self.day, default: 60),
        "The interval at which a run without an end logs how far it is behind, where 0 is never.", see: "outages")

    case .sslMode:
      .init(
        .tls, .choice(of: TLSMode.self),
        "Encryption and the check of the server's certificate, as in the mysql client.",
        otherwise: .derived("\"preferred\", or \"verify_ca\" with ssl_ca"))
    case .ssl:
      .init(.tls, .boolean(), "An alias of `ssl_mode`: true is \"required\", false is \"disabled\".")
    case .sslCA: .init(.tls, .text(), "A PEM file of the authorities to trust.")
    case .sslCertificate: .init(.tls, .text(), "A PEM file of the client's certificate; only together with `ssl_key`.")
    case .sslKey: .init(.tls, .text(), "A PEM file of the client's private key; only together with `ssl_cert`.")

    case .from:
      .init(
        .range, .text(),
        "The start in words: \"now\", \"oldest\", \"-1h\", a date, a time, \"binlog.000042:731922\" or a GTID set; in place "
          + "of any other start.", see: "from-and-to")
    case .to:
      .init(.range, .text(), "The end in the same words; in place of any other end.", see: "from-and-to")
    case .fromBinlogFile:
      .init(
        .range, .text(), "The first file, like \"binlog.000001\".",
        otherwise: .required("with a server and no other start; with files it is the first of them"), see: "the-range")
    case .fromBinlogPosition:
      .init(
        .range, .integer(BinlogRange.positions, default: BinlogRange.positions.lowerBound),
        "The start in the first file, in bytes; required with a server and no other start.", see: "the-range")
    case .toBinlogFile:
      .init(
        .range, .text(), "The last file.", otherwise: .derived("the newest, for ever; with files the last of them"),
        see: "the-range")
    case .toBinlogPosition:
      .init(
        .range, .integer(BinlogRange.positions), "The end of the last event, in bytes, in the last file.",
        otherwise: .derived("the end of the last file"), see: "the-range")
    case .fromTimestamp:
      .init(
        .range, .time, "The time to begin at, in Unix seconds or like \"2026-01-31T10:00:00Z\"; a start of its own.",
        see: "ranges-by-time")
    case .toTimestamp:
      .init(
        .range, .time, "The time to end at, in Unix seconds or like \"2026-01-31T10:00:00Z\".", see: "ranges-by-time")
    case .gtidSet:
      .init(
        .range, .text(canBeEmpty: true),
        "The transactions to begin behind, like \"uuid:1-100\" (MySQL) or \"0-1-100\" (MariaDB), or \"\" to begin "
          + "with the oldest that the server has; a start of its own.")
    case .toGTIDSet: .init(.range, .text(), "The transactions after all of which the run ends.")

    case .include:
      .init(
        .tables, .strings, "Patterns of the tables to read.", otherwise: .derived("all tables"), see: "table-filters")
    case .exclude:
      .init(.tables, .strings, "Patterns of the tables to leave out.", see: "table-filters")

    case .operations:
      .init(
        .tables, .strings, "The kinds of changes to read, of \"insert\", \"update\", \"delete\" and \"truncate\".",
        otherwise: .derived("all kinds"), see: "table-filters")

    case .outputMode:
      .init(
        .output, .choice(of: OutputSettings.Mode.self, default: .stdout),
        "The form of the output: \"stdout\" is text on standard output, \"json\" lines of JSON there or in `output_dir`, "
          + "\"parquet\" Parquet files."
      )
    case .outputDirectory:
      .init(
        .output, .text(), "The folder, or \"s3://bucket/prefix\", of files of lines of JSON.",
        otherwise: .derived("standard output"), see: "lines-in-files")
    case .events:
      .init(
        .output, .choice(of: OutputSettings.Events.self, default: .rows),
        "What text and JSON show: \"rows\" each row, \"all\" every other event too, in JSON each statement and transaction.",
        see: "every-event")
    case .jsonTimestamps:
      .init(
        .output, .choice(of: JSONSpelling.Temporals.self),
        "In lines of JSON the style of all DATETIME and TIMESTAMP values, for readers that take only one.",
        otherwise: .derived("SQL's for DATETIME, ISO's for TIMESTAMP"), see: "json-lines")
    case .jsonBigNumbers:
      .init(
        .output, .choice(of: OutputSettings.BigNumbers.self, default: .number),
        "In lines of JSON the form of integers beyond 2^53, which many readers round.", see: "json-lines")
    case .columnNames:
      .init(
        .output, .choice(of: OutputSettings.ColumnNames.self),
        "The names of columns: \"auto\" takes those in the log, else the server's, else c0, c1, …; \"lookup\" also asks the "
          + "server for types that no log tells; \"log\" asks nobody; \"ordinal\" is always c0, c1, ….",
        otherwise: .derived("\"auto\", and with a server and the layout \"tables\" \"lookup\""),
        see: "column-names-that-are-not-in-the-log")
    case .schemaFiles:
      .init(
        .output, .strings,
        "Paths of files with the CREATE TABLE statements of tables whose column names the log lacks, as mysqldump and "
          + "mariadb-dump write them; they go before the server.",
        see: "schema-files")
    case .pipelineQueueCapacity:
      .init(
        .output, .integer(1...4096, default: 32),
        "How many chunks of events may wait for decoding, with 64 KiB for each between them.")

    case .memoryLimitBytes:
      .init(
        .output, .integer(32 << 20...1 << 40, default: 256 << 20),
        "The memory in bytes for rows on their way into files, of all tables together.", see: "partitions")

    case .parquetOutputDirectory:
      .init(
        .parquet, .text(default: "./parquet_output"),
        "The folder of the files, which is made when it is missing, or \"s3://bucket/prefix\".", see: "into-s3")
    case .parquetLayout:
      .init(
        .parquet, .choice(of: OutputSettings.ParquetLayout.self, default: .changes),
        "The columns of the files: \"changes\" has nine for the changes of all tables, \"tables\" a dataset for each table with "
          + "its own columns and types.", see: "typed-tables")
    case .tableFormat:
      .init(
        .parquet, .choice(of: TableFormat.self, default: TableFormat.none),
        "In the layout \"tables\" what makes the files of a dataset a table: \"none\", or \"delta\" for a Delta log beside them; "
          + "that needs a checkpoint_file.", see: "delta-tables")
    case .parquetBatchSize:
      .init(
        .parquet, .integer(1...1_048_576), "The rows in a row group.",
        otherwise: .derived("8192, and 122880 in the layout \"tables\""))
    case .parquetBloomFilters:
      .init(
        .parquet, .boolean(default: false),
        "In the layout \"tables\" whether row groups have bloom filters of the primary key, by which readers find single rows.",
        see: "typed-tables")
    case .beforeImages:
      .init(
        .parquet, .choice(of: BeforeImages.self, default: .changed),
        "In the layout \"tables\" which old values of an update `_cdc_before` holds: those that \"changed\", the \"full\" row, or "
          + "\"none\".", see: "typed-tables")
    case .partitionBy:
      .init(
        .parquet, .choice(["table", "date", "table,date", "date,table"]), "The folders that files are sorted into.",
        otherwise: .derived("one folder for all"), see: "partitions")
    case .compression:
      .init(
        .parquet, .choice(of: Compression.Codec.self, default: .gzip),
        "The compression of Parquet pages, or of whole files of lines.")
    case .compressionLevel:
      .init(
        .parquet, .integer(Compression.levels), "The level of the compression, for gzip at most 9.",
        otherwise: .derived("\(Compression.defaultGzipLevel) for gzip, \(Compression.defaultZstdLevel) for zstd"))
    case .parquetJSONType:
      .init(
        .parquet, .choice(of: OutputSettings.JSONType.self, default: .string),
        "The annotation of `before_values` and `after_values`, of which \"string\" is known to every reader.")
    case .extraColumns:
      .init(
        .parquet, .strings,
        "Columns behind the nine, in this order, of "
          + ExtraColumn.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ") + ".",
        otherwise: .derived("none"), see: "more-columns")

    case .checkpointFile:
      .init(
        .durability, .text(),
        "The file, or \"s3://bucket/key\", outside of the output folder, that keeps how far the output is safe, and "
          + "beats every start.", see: "runs-that-last")
    case .parquetRollSeconds:
      .init(
        .durability, .integer(1...Self.year),
        "Seconds after its first row at which a file ends, with the transaction at hand.",
        see: "parts")
    case .parquetRollRows:
      .init(
        .durability, .integer(1...Int64.max), "Rows in a file at which it ends, with the transaction at hand.",
        see: "parts")
    case .parquetRollBytes:
      .init(
        .durability, .integer(1...Int64.max), "Bytes in a file at which it ends, with the transaction at hand.",
        see: "parts")

    case .logLevel:
      .init(.log, .choice(of: LogLevel.self, default: .info), "The least severe level that is logged.")
    case .logFile:
      .init(
        .log, .text(), "The file that the log is appended to, as plain text, outside of the output folder.",
        otherwise: .derived("standard error"))

    case .lambdaMarginSeconds:
      .init(
        .lambda, .integer(1...Self.longestInvocation),
        "How long before its time-out a Lambda function begins to finish.", otherwise: .derived("by the time-out"),
        see: "time")
    }
  }

  private static let day: Int64 = 86_400
  private static let year = 366 * day
  /// No Lambda function may run longer, in seconds.
  private static let longestInvocation: Int64 = 900
}
