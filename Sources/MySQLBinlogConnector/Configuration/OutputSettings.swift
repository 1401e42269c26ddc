import BinlogParser
import ParquetWriter
import Pipeline

/// What to write, where, and in which form.
package struct OutputSettings: Sendable, Equatable {
  /// The values of `output_mode`.
  package enum Mode: String, CaseIterable, Sendable {
    /// Text blocks on standard output.
    case stdout
    /// Lines of JSON on standard output.
    case json
    /// One Parquet file for each binlog file.
    case parquet

    /// Way of the output to its readers.
    package var delivery: Delivery { self == .parquet ? .parts : .stream }
  }

  /// Way of an output to its readers.
  package enum Delivery: Sendable {
    /// On standard output, at least once: nothing tells how far it was read.
    case stream
    /// In files or objects that appear whole, exactly once.
    case parts
  }

  /// The values of `parquet_json_type`: the annotation of `before_values` and `after_values`.
  package enum JSONType: String, CaseIterable, Sendable {
    /// UTF8, which every reader knows.
    case string
    /// JSON.
    case json
  }

  /// The values of `events`: what text mode prints a block for.
  package enum Events: String, CaseIterable, Sendable {
    /// Every row.
    case rows
    /// Every row and every other event.
    case all
  }

  /// The values of `json_big_numbers`.
  package enum BigNumbers: String, CaseIterable, Sendable {
    /// Numbers, exact.
    case number
    /// Strings.
    case string
  }

  /// The values of `column_names`.
  package enum ColumnNames: String, CaseIterable, Sendable {
    /// The names that TABLE_MAP carries, else c0, c1, …
    case auto
    /// Always c0, c1, …
    case ordinal
    /// The names that TABLE_MAP carries, else those of the server's information_schema, else c0, c1, …
    case lookup
  }

  /// `output_mode`.
  package let mode: Mode
  /// Way of the output to its readers.
  package var delivery: Delivery { mode.delivery }
  /// The folder of the Parquet files, or the prefix of their keys.
  package let parquetDirectory: StorageLocation
  /// Rows in a row group.
  package let parquetBatchSize: Int
  /// `partition_by`.
  package let partitioning: Partitioning
  /// The compression of Parquet pages, with its level.
  package let compression: Compression
  /// `parquet_json_type`.
  package let parquetJSONType: JSONType
  /// `events`.
  package let events: Events
  /// `json_timestamps` and `json_big_numbers`.
  package let jsonSpelling: JSONSpelling
  /// `column_names`.
  package let columnNames: ColumnNames
  /// Number of chunks of events that may wait for the processing worker.
  package let queueCapacity: Int

  /// Reads the settings; `mode` goes before `output_mode`.
  init(_ reader: inout ConfigurationReader, mode: Mode? = nil) {
    let configured: Mode = reader.choice(.outputMode)
    self.mode = mode ?? configured
    parquetDirectory = reader.folder(.parquetOutputDirectory)
    parquetBatchSize = reader.count(.parquetBatchSize)
    partitioning = Partitioning(&reader)
    compression = Compression(&reader)
    parquetJSONType = reader.choice(.parquetJSONType)
    events = reader.choice(.events)
    jsonSpelling = JSONSpelling(
      temporals: reader.has(.jsonTimestamps) ? reader.choice(.jsonTimestamps, default: .iso) : nil,
      quotesBigNumbers: reader.choice(.jsonBigNumbers) as BigNumbers == .string)
    columnNames = reader.choice(.columnNames)
    queueCapacity = reader.count(.pipelineQueueCapacity)
  }

  /// Reason why a file that is no output, the checkpoint or the log, cannot be at `location`; nil when it can.
  func problem(withFileAt location: StorageLocation?) -> String? {
    guard delivery == .parts, let location, parquetDirectory.contains(location) else { return nil }
    return
      "must be outside of parquet_output_dir, \(parquetDirectory.description.quotedForMessage), where readers take "
      + "every file for Parquet, is \(location.description.quotedForMessage)"
  }
}
