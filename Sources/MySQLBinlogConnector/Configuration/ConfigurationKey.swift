/// The keys of a configuration file, in the order that they have within a group. A new one is a case here, its `declaration`, and the place
/// that reads it; what the program prints about it and checks of it follows.
enum ConfigurationKey: String, CaseIterable {
  case source, files
  case allowGaps = "allow_gaps"
  case host, port, user, password
  case passwordFile = "password_file"
  case database
  case fromBinlogFile = "from_binlog_file"
  case fromBinlogPosition = "from_binlog_position"
  case toBinlogFile = "to_binlog_file"
  case toBinlogPosition = "to_binlog_position"
  case from, to
  case fromTimestamp = "from_timestamp"
  case toTimestamp = "to_timestamp"
  case gtidSet = "gtid_set"
  case toGTIDSet = "to_gtid_set"
  case checkpointFile = "checkpoint_file"
  case outputMode = "output_mode"
  case outputDirectory = "output_dir"
  case parquetOutputDirectory = "parquet_output_dir"
  case parquetLayout = "parquet_layout"
  case tableFormat = "table_format"
  case parquetBatchSize = "parquet_batch_size"
  case parquetBloomFilters = "parquet_bloom_filters"
  case beforeImages = "before_images"
  case parquetRollSeconds = "parquet_roll_seconds"
  case parquetRollRows = "parquet_roll_rows"
  case parquetRollBytes = "parquet_roll_bytes"
  case partitionBy = "partition_by"
  case include, exclude, operations
  case logLevel = "log_level"
  case logFile = "log_file"
  case pipelineQueueCapacity = "pipeline_queue_capacity"
  case memoryLimitBytes = "memory_limit_bytes"
  case sslMode = "ssl_mode"
  case ssl
  case sslCA = "ssl_ca"
  case sslCertificate = "ssl_cert"
  case sslKey = "ssl_key"
  case serverID = "server_id"
  case connectTimeoutSeconds = "connect_timeout_seconds"
  case readTimeoutSeconds = "read_timeout_seconds"
  case maxReconnectSeconds = "max_reconnect_seconds"
  case lagIntervalSeconds = "lag_interval_seconds"
  case maxEventBytes = "max_event_bytes"
  case compression
  case compressionLevel = "compression_level"
  case parquetJSONType = "parquet_json_type"
  case extraColumns = "extra_columns"
  case events
  case jsonTimestamps = "json_timestamps"
  case jsonBigNumbers = "json_big_numbers"
  case columnNames = "column_names"
  case schemaFiles = "schema_files"
  case lambdaMarginSeconds = "lambda_margin_seconds"

  /// The name of the error that a wrong value of this key is.
  var errorName: ConfigurationProblem.Name {
    switch self {
    case .host: .invalidHost
    case .port: .invalidPort
    case .fromBinlogFile, .toBinlogFile: .invalidBinlogFile
    case .fromBinlogPosition, .toBinlogPosition: .invalidBinlogPosition
    case .include, .exclude: .invalidFilter
    default: .invalidValue
    }
  }
}
