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
  let schema: Schema

  /// Files whose images are annotated with `json`.
  public init(batchRowLimit: Int, json: LogicalType, properties: WriterProperties, serverUUID: String?) {
    self.batchRowLimit = batchRowLimit
    self.properties = properties
    self.serverUUID = serverUUID
    schema = RowChangeColumns.schema(json: json)
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
  struct Content {
    fileprivate let writer: ParquetFileWriter
    fileprivate let isTakenOver: Bool
  }

  /// The form of files that `settings` describe.
  ///
  /// - Throws: `PipelineError` for properties that no file can have.
  init(_ settings: ParquetChangesSettings) throws(PipelineError) {
    self.settings = settings
    do {
      encoder = try RowGroupEncoder(schema: settings.schema, properties: settings.properties)
    } catch {
      throw .parquet(error)
    }
  }

  func begin(_ file: any OutputFile, isTakenOver: Bool) throws(PipelineError) -> Content {
    do {
      let writer = try ParquetFileWriter(
        file, schema: settings.schema, application: settings.properties.application)
      return Content(writer: writer, isTakenOver: isTakenOver)
    } catch {
      throw .parquet(error)
    }
  }

  func append(_ batch: RowChangeBatch, to content: Content) throws(PipelineError) {
    do { try content.writer.writeRowGroup(batch.columns, &encoder) } catch { throw .parquet(error) }
  }

  func complete(_ content: Content, _ facts: PartFacts) throws(PipelineError) -> Int {
    var metadata = [
      KeyValue("binlog_file", facts.binlogFile),
      KeyValue("first_position", "\(facts.firstPosition)"),
      KeyValue("last_position", "\(facts.lastPosition)"),
      KeyValue("server_version", facts.serverVersion),
    ]
    if let uuid = settings.serverUUID { metadata.append(KeyValue("server_uuid", uuid)) }
    if content.isTakenOver { metadata.append(.nonce()) }
    do { return try content.writer.complete(keyValueMetadata: metadata).rows } catch { throw .parquet(error) }
  }
}

extension KeyValue {
  /// Difference of a file from one with the same rows.
  fileprivate static func nonce() -> KeyValue { KeyValue("write_id", Nonce.make()) }
}
