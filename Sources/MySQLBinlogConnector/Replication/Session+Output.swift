import BinlogParser
import Logging
import ObjectStore
import ParquetWriter
import Pipeline
import Platform

extension Session {
  func output(_ opened: OpenedStream) -> Output {
    let settings = configuration.output
    switch settings.mode {
    case .stdout: return .stream(.text(everyEvent: settings.events == .all))
    case .json:
      return .stream(
        .jsonLines(
          JSONLinesSettings(
            version: Version.number, everyEvent: settings.events == .all, spelling: settings.jsonSpelling,
            maxEventBytes: configuration.maxEventBytes)))
    case .parquet:
      var properties = WriterProperties(application: .current)
      properties.compression = settings.compression
      let log = Logger(label: "pipeline")
      return .parts(
        ParquetOutput(
          place: outputPlace { [checkpoints = opened.checkpoints] () throws(CheckpointStoreError) in
            try checkpoints.check()
          }, batchRowLimit: settings.parquetBatchSize,
          json: settings.parquetLogicalType, properties: properties,
          serverUUID: opened.facts.server.uuid,
          roll: configuration.durability.roll, naming: naming(opened), partitioning: settings.partitioning,
          takenOver: settings.parquetDirectory.isS3 ? opened.checkpoints.takenOver : [],
          log: ParquetLog(
            opened: { log.info("opening parquet file: \($0)") },
            finished: { [finished] in
              log.info("finished parquet file: \($0) (\($1.rows) rows, \($1.bytes) bytes)")
              finished.add($0, $1)
            })))
    }
  }

  /// The store that the output or the checkpoint is in.
  var requiredStore: S3Client {
    guard let objectStore else { preconditionFailure("a configuration without the store that it names") }
    return objectStore
  }

  /// Where files appear.
  ///
  /// - Parameter check: throws when another run has taken over.
  func outputPlace(_ check: @escaping @Sendable () throws(CheckpointStoreError) -> Void) -> any OutputPlace {
    switch configuration.output.parquetDirectory {
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
  var blankFile: [UInt8] { BlankFile.make(json: configuration.output.parquetLogicalType, application: .current) }

  private func naming(_ opened: OpenedStream) -> FileNaming {
    let durability = configuration.durability
    let parts: FileNaming.Parts =
      durability.roll.isActive || request.isOneOfMany || configuration.output.partitioning.isActive
        || configuration.output.parquetDirectory.isS3
      ? .all : durability.checkpointFile == nil ? .none : .rest
    return FileNaming(parts: parts, serverMark: opened.checkpoints.serverMark)
  }
}

extension ApplicationVersion {
  /// This program.
  fileprivate static var current: ApplicationVersion {
    ApplicationVersion(application: Version.program, version: Version.number, build: Version.build)
  }
}

extension OutputSettings {
  /// What images are annotated with.
  fileprivate var parquetLogicalType: LogicalType { parquetJSONType == .json ? .json : .string }
}

extension ColumnNames {
  /// The setting, where only a server can be asked: without `source` a look-up has the effect of `auto`.
  init(_ settings: OutputSettings, _ source: InformationSchema? = nil) {
    self =
      switch settings.columnNames {
      case .auto: .logged
      case .ordinal: .ordinal
      case .lookup: source.map { .lookup($0) } ?? .logged
      }
  }
}
