import ParquetWriter
import Platform

/// Settings of Parquet files of changes.
public struct ParquetChangesSettings: Sendable {
  /// Rows in a row group.
  let batchRowLimit: Int
  /// Compression, page size, and the content of `created_by`.
  let properties: WriterProperties
  /// The UUID of the server, where it has one.
  let serverUUID: String?
  /// The columns behind the nine.
  let extra: [ExtraColumn]
  let schema: Schema

  /// Files whose images are annotated with `json`, with the columns `extra` behind the nine.
  public init(
    batchRowLimit: Int, json: LogicalType, extra: [ExtraColumn], properties: WriterProperties, serverUUID: String?
  ) {
    self.batchRowLimit = batchRowLimit
    self.properties = properties
    self.serverUUID = serverUUID
    self.extra = extra
    schema = RowChangeColumns.schema(json: json, extra: extra)
  }

  /// The bytes of a file without rows, different each time.
  var blankFile: [UInt8] {
    ParquetFileWriter.fileWithoutRows(
      schema: schema, application: properties.application, keyValueMetadata: [.nonce()])
  }
}

/// Parquet files of changes: a row group for each batch. They share one encoder.
final class ParquetChangesFormat: PartFormat {
  private let settings: ParquetChangesSettings
  private var encoder: RowGroupEncoder

  /// A file that grows.
  final class Content {
    fileprivate let rows: RowGroups
    fileprivate let isTakenOver: Bool

    fileprivate init(_ rows: RowGroups, isTakenOver: Bool) {
      self.rows = rows
      self.isTakenOver = isTakenOver
    }
  }

  /// The form of files that `settings` describe.
  ///
  /// - Throws: `PipelineError` for properties that no file can have.
  init(_ settings: ParquetChangesSettings) throws(PipelineError) {
    self.settings = settings
    do {
      encoder = try RowGroupEncoder(properties: settings.properties)
    } catch {
      throw .parquet(error)
    }
  }

  func begin(_ file: any OutputFile, isTakenOver: Bool) throws(PipelineError) -> Content {
    do {
      let writer = try ParquetFileWriter(
        file, schema: settings.schema, application: settings.properties.application)
      return Content(RowGroups(writer), isTakenOver: isTakenOver)
    } catch {
      throw .parquet(error)
    }
  }

  func append(_ batch: RowChangeBatch, to content: Content) throws(PipelineError) {
    do {
      try content.rows.write(batch.columns, &encoder, batch.columns.extra?.xid)
    } catch {
      throw .parquet(error)
    }
  }

  func waitsForTransaction(_ content: Content) -> Bool { content.rows.waitForTransaction }

  func complete(_ content: Content, _ facts: PartFacts) throws(PipelineError) -> CompletedFile {
    var metadata = facts.metadata(serverUUID: settings.serverUUID)
    if content.isTakenOver { metadata.append(.nonce()) }
    do {
      let file = try content.rows.complete(metadata, &encoder, isWithinTransaction: facts.isWithinTransaction)
      return CompletedFile(rows: file.rows)
    } catch {
      throw .parquet(error)
    }
  }
}

extension FileFormat {
  /// Parquet, with a row for each change and its images as JSON.
  public static func parquetChanges(_ settings: ParquetChangesSettings) -> FileFormat {
    FileFormat(nameEnding: ".parquet", blank: { settings.blankFile }) { _ throws(PipelineError) in
      try ParquetChangesFormat(settings)
    } writer: { _ in
      ParquetChangesWriter(batchRowLimit: settings.batchRowLimit, extra: settings.extra)
    }
  }
}
