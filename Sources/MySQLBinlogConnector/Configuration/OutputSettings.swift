import BinlogParser
import ParquetWriter
import Pipeline

/// Settings of what to write, where, and in which form: a property for each key of the configuration, however many there are.
package struct OutputSettings: Sendable, Equatable {
  /// The values of `output_mode`.
  package enum Mode: String, CaseIterable, Sendable {
    /// Text blocks on standard output.
    case stdout
    /// Lines of JSON.
    case json
    /// Parquet files.
    case parquet
  }

  /// The values of `parquet_layout`.
  package enum ParquetLayout: String, CaseIterable, Sendable {
    /// Nine columns for the changes of all tables.
    case changes
    /// A dataset for each table, with its own columns.
    case tables
  }

  /// Way of an output to its readers.
  package enum Delivery: Sendable, Equatable {
    /// On standard output, at least once: nothing tells how far it was read.
    case stream
    /// In files or objects that appear whole, exactly once: in a folder, or with a prefix of their keys.
    case parts(StorageLocation)

    /// Place of the files; nil for standard output.
    package var place: StorageLocation? {
      if case .parts(let place) = self { place } else { nil }
    }
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
    /// The names that TABLE_MAP carries, else those of the server's information_schema, else c0, c1, …
    case auto
    /// As `auto`, and types that no log carries from the server, too.
    case lookup
    /// The names that TABLE_MAP carries, else c0, c1, …
    case log
    /// Always c0, c1, …
    case ordinal

    /// True if the server is asked for names that the log lacks.
    var mayAskServer: Bool { self == .auto || self == .lookup }
  }

  /// `output_mode`.
  package let mode: Mode
  /// Way of the output to its readers.
  package let delivery: Delivery
  /// `parquet_layout`; `changes` for other outputs.
  package let parquetLayout: ParquetLayout
  /// `table_format`.
  package let tableFormat: TableFormat
  /// Rows in a row group.
  package let parquetBatchSize: Int
  /// `parquet_bloom_filters`.
  package let hasBloomFilters: Bool
  /// `before_images`.
  package let beforeImages: BeforeImages
  /// `memory_limit_bytes`.
  package let memoryLimit: Int
  /// `partition_by`.
  package let partitioning: Partitioning
  /// The compression of Parquet pages or of files of lines, with its level.
  package let compression: Compression
  /// `parquet_json_type`.
  package let parquetJSONType: JSONType
  /// `extra_columns`.
  package let extraColumns: [ExtraColumn]
  /// `events`.
  package let events: Events
  /// `json_timestamps` and `json_big_numbers`.
  package let jsonSpelling: JSONSpelling
  /// `column_names`.
  package let columnNames: ColumnNames
  /// Paths of files that define tables.
  package let schemaFiles: [String]
  /// Number of chunks of events that may wait for the processing worker.
  package let queueCapacity: Int

  /// Reads the settings. With `needsFiles` there is no standard output: what would go there becomes Parquet.
  init(_ reader: inout ConfigurationReader, needsFiles: Bool = false) {
    let configured: Mode = reader.choice(.outputMode)
    mode = needsFiles && configured == .stdout ? .parquet : configured
    delivery = Self.delivery(mode, needsFiles: needsFiles, &reader)
    parquetLayout = Self.parquetLayout(mode, &reader)
    let isTyped = parquetLayout == .tables
    tableFormat = reader.choice(.tableFormat)
    if tableFormat == .delta { reader.require(.checkpointFile) }
    parquetBatchSize =
      reader.has(.parquetBatchSize)
      ? reader.count(.parquetBatchSize) : isTyped ? Self.typedBatchSize : Self.standardBatchSize
    hasBloomFilters = reader.flag(.parquetBloomFilters)
    beforeImages = reader.choice(.beforeImages)
    memoryLimit = reader.count(.memoryLimitBytes)
    partitioning = Partitioning(&reader, hasTableFolders: isTyped)
    compression = Compression(&reader)
    parquetJSONType = reader.choice(.parquetJSONType)
    extraColumns = Self.extraColumns(mode, parquetLayout, &reader)
    events = reader.choice(.events)
    jsonSpelling = JSONSpelling(
      temporals: reader.has(.jsonTimestamps) ? reader.choice(.jsonTimestamps, default: .iso) : nil,
      quotesBigNumbers: reader.choice(.jsonBigNumbers) as BigNumbers == .string)
    let hasServer = reader.value(of: .source) != .string(FileSettings.Source.file.rawValue)
    columnNames = reader.choice(.columnNames, default: isTyped && hasServer ? .lookup : .auto)
    schemaFiles = reader.strings(.schemaFiles) ?? []
    if reader.has(.schemaFiles), schemaFiles.isEmpty { reader.report(.schemaFiles, "must name at least one file") }
    if columnNames == .ordinal, !schemaFiles.isEmpty {
      reader.report(.schemaFiles, "has no use with column_names \"ordinal\": leave one of them out")
    }
    queueCapacity = reader.count(.pipelineQueueCapacity)
    if mode == .json, delivery.place != nil, events == .all, partitioning.isActive {
      reader.report(.partitionBy, "has no place for what belongs to no table: leave it out, or set events to \"rows\"")
    }
  }

  private static func delivery(_ mode: Mode, needsFiles: Bool, _ reader: inout ConfigurationReader) -> Delivery {
    let parquet = reader.folder(.parquetOutputDirectory)
    let lines = reader.location(.outputDirectory, isFolder: true)
    guard mode == .json else {
      if reader.has(.outputDirectory) {
        reader.report(
          .outputDirectory,
          "is for output_mode \"json\"; the folder of Parquet files is parquet_output_dir, and text goes to standard output"
        )
      }
      return mode == .parquet ? .parts(parquet) : .stream
    }
    if needsFiles { reader.require(.outputDirectory) }
    return lines.map { .parts($0) } ?? .stream
  }

  private static let standardBatchSize = 8192
  /// The size of DuckDB's own row groups.
  private static let typedBatchSize = 122_880

  private static func parquetLayout(_ mode: Mode, _ reader: inout ConfigurationReader) -> ParquetLayout {
    let layout: ParquetLayout = reader.choice(.parquetLayout)
    if reader.has(.parquetLayout), mode != .parquet { reader.report(.parquetLayout, "is for output_mode \"parquet\"") }
    guard layout == .changes || mode != .parquet else { return layout }
    for key in [ConfigurationKey.beforeImages, .parquetBloomFilters, .tableFormat] where reader.has(key) {
      reader.report(key, "is for output_mode \"parquet\" with parquet_layout \"tables\"")
    }
    return .changes
  }

  private static func extraColumns(
    _ mode: Mode, _ layout: ParquetLayout, _ reader: inout ConfigurationReader
  ) -> [ExtraColumn] {
    let names = reader.strings(.extraColumns) ?? []
    if layout == .tables, reader.has(.extraColumns) {
      reader.report(.extraColumns, "is for parquet_layout \"changes\"; typed tables have them all as _cdc_ columns")
    }
    if layout == .tables, reader.has(.parquetJSONType) {
      reader.report(.parquetJSONType, "is for parquet_layout \"changes\"")
    }
    if reader.has(.extraColumns), mode != .parquet {
      reader.report(.extraColumns, "is for output_mode \"parquet\"; in lines of JSON these are members of source")
    }
    var columns: [ExtraColumn] = []
    for name in names {
      guard let column = ExtraColumn(rawValue: name) else {
        let known = ExtraColumn.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        reader.report(.extraColumns, "must hold \(known) only, holds \(name.quotedForMessage)")
        continue
      }
      if columns.contains(column) { reader.report(.extraColumns, "names \(name.quotedForMessage) twice") }
      columns.append(column)
    }
    return columns
  }

  /// The key that says where files appear.
  var directoryKey: ConfigurationKey { mode == .json ? .outputDirectory : .parquetOutputDirectory }

  /// Reason why a file that is no output, the checkpoint or the log, cannot be at `location`; nil when it can.
  func problem(withFileAt location: StorageLocation?) -> String? {
    guard let place = delivery.place, let location, place.contains(location) else { return nil }
    return
      "must be outside of \(directoryKey.rawValue), \(place.description.quotedForMessage), where readers take "
      + "every file for \(mode == .json ? "JSON" : "Parquet"), is \(location.description.quotedForMessage)"
  }
}
