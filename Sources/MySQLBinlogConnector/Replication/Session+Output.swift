import BinlogParser
import Logging
import ObjectStore
import ParquetWriter
import Pipeline
import Platform

extension Session {
  func output(_ opened: OpenedStream) -> Output {
    guard case .parts(let place) = configuration.output.delivery else { return .stream(streamFormat) }
    return .parts(parts(fileFormat(serverUUID: opened.facts.server.uuid), in: place, opened))
  }

  /// The form of what goes to standard output.
  private var streamFormat: StreamFormat {
    let settings = configuration.output
    return switch settings.mode {
    case .stdout, .parquet: .text(everyEvent: settings.events == .all, maxEventBytes: configuration.maxEventBytes)
    case .json: .jsonLines(jsonLines)
    }
  }

  private var jsonLines: JSONLinesSettings {
    let settings = configuration.output
    return JSONLinesSettings(
      version: Version.number, everyEvent: settings.events == .all, spelling: settings.jsonSpelling,
      maxEventBytes: configuration.maxEventBytes)
  }

  /// The form of files. Those that are still to be written say which server it was.
  private func fileFormat(serverUUID: String? = nil) -> FileFormat {
    let settings = configuration.output
    guard settings.mode != .json else { return .jsonLines(jsonLines, settings.compression) }
    var properties = writerProperties
    properties.compression = settings.compression
    if settings.parquetLayout == .tables {
      properties.hasPageIndex = true
      properties.boundSizeLimit = Self.typedBoundSizeLimit
      return .parquetTables(
        ParquetTablesSettings(
          batchRowLimit: settings.parquetBatchSize, beforeImages: settings.beforeImages,
          hasBloomFilters: settings.hasBloomFilters, tableFormat: settings.tableFormat, properties: properties,
          serverUUID: serverUUID))
    }
    return .parquetChanges(
      ParquetChangesSettings(
        batchRowLimit: settings.parquetBatchSize, json: settings.parquetLogicalType, extra: settings.extraColumns,
        properties: properties, serverUUID: serverUUID))
  }

  /// The writer, as its files name it.
  var writerProperties: WriterProperties { WriterProperties(application: .current) }

  /// Bytes of the bounds of text: every page has some.
  private static let typedBoundSizeLimit = 64

  private func parts(_ format: FileFormat, in place: StorageLocation, _ opened: OpenedStream) -> PartOutput {
    let settings = configuration.output
    let log = Logger(label: "pipeline")
    return PartOutput(
      format: format,
      place: outputPlace(place) { [checkpoints = opened.checkpoints] () throws(CheckpointStoreError) in
        try checkpoints.check()
      },
      roll: configuration.durability.roll, naming: naming(opened, place, ending: format.nameEnding),
      partitioning: settings.partitioning, memoryLimit: settings.memoryLimit,
      takenOver: place.isS3 ? opened.checkpoints.takenOver : [],
      log: PartLog(
        opened: { log.info("opening \(settings.mode) file: \($0)") },
        finished: { [finished] in
          log.info("finished \(settings.mode) file: \($0.path) (\($0.rows) rows, \($0.bytes) bytes)")
          finished.add($0)
        },
        cutShort: {
          log.warning(
            """
            \($0) ends within a transaction that has rows for more files than can be open at a time: those of its rows have no xid
            """)
        }))
  }

  /// The store that the output or the checkpoint is in.
  var requiredStore: S3Client {
    guard let objectStore else { preconditionFailure("a configuration without the store that it names") }
    return objectStore
  }

  /// The place of files at `location`.
  ///
  /// - Parameter check: throws when another run has taken over.
  func outputPlace(
    _ location: StorageLocation, _ check: @escaping @Sendable () throws(CheckpointStoreError) -> Void
  ) -> any OutputStore {
    switch location {
    case .path(let path): OutputFolder(path)
    case .s3(let uri):
      S3Prefix(
        requiredStore, uri,
        mayReplace: { () throws(OutputError) in
          do throws(CheckpointStoreError) { try check() } catch { throw OutputError(error) }
        }, warn: { Logger(label: "object_store").warning("\($0)") })
    }
  }

  /// A file without rows.
  var blankFile: [UInt8] { fileFormat().blankFile }

  private func naming(_ opened: OpenedStream, _ place: StorageLocation, ending: String) -> FileNaming {
    let durability = configuration.durability
    let parts: FileNaming.Parts =
      durability.roll.isActive || request.isOneOfMany || configuration.output.partitioning.isActive
        || place.isS3
      ? .all : durability.checkpointFile == nil ? .none : .rest
    return FileNaming(parts: parts, serverMark: opened.checkpoints.serverMark, ending: ending)
  }
}

extension ApplicationVersion {
  /// This program.
  fileprivate static var current: ApplicationVersion {
    ApplicationVersion(application: Version.program, version: Version.number, build: Version.build)
  }
}

extension OutputSettings {
  /// Annotation of images.
  fileprivate var parquetLogicalType: LogicalType { parquetJSONType == .json ? .json : .string }
}

extension ColumnNames {
  /// The setting for a log beside which `files` define tables, and whose server `server` asks; nil where there are none.
  init(_ settings: OutputSettings, _ files: SchemaFiles?, _ server: InformationSchema? = nil) {
    switch settings.columnNames {
    case .log where files == nil: self = .logged
    case .ordinal: self = .ordinal
    case .log, .auto, .lookup:
      let server = settings.columnNames.mayAskServer ? server : nil
      let sources = [files as (any ColumnSource)?, server].compactMap { $0 }
      let warnings = ColumnWarnings(hasSources: !sources.isEmpty, hasServer: server != nil)
      self = .lookup(ColumnSources(sources, report: warnings.report))
    }
  }
}
