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
    fileprivate let writer: ParquetFileWriter
    fileprivate let isTakenOver: Bool
    /// The XIDs of row groups that were written before their transaction ended.
    fileprivate var xids: [XIDColumn] = []

    fileprivate init(_ writer: ParquetFileWriter, isTakenOver: Bool) {
      self.writer = writer
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
      return Content(writer, isTakenOver: isTakenOver)
    } catch {
      throw .parquet(error)
    }
  }

  func append(_ batch: RowChangeBatch, to content: Content) throws(PipelineError) {
    let xids = batch.columns.extra?.xid
    do throws(ParquetError) {
      // The order of messages decides, and not how far the other thread is: the file is the same each time.
      if content.xids.last?.open !== xids?.open { try writeXIDs(of: content) }
      try content.writer.writeRowGroup(batch.columns, &encoder)
    } catch {
      throw .parquet(error)
    }
    if let xids, xids.open != nil { content.xids.append(xids) }
  }

  /// Writes the XIDs of all rows that have none yet, but for those of the transaction `unknown`, which is open.
  private func writeXIDs(of content: Content, unknown: PendingXID? = nil) throws(ParquetError) {
    guard !content.xids.isEmpty else { return }
    let xids = content.xids
    try content.writer.completeRowGroups(&encoder) { xids[$0].column(unknown: unknown) }
    content.xids.removeAll()
  }

  func waitsForTransaction(_ content: Content) -> Bool { !content.xids.isEmpty }

  func complete(_ content: Content, _ facts: PartFacts) throws(PipelineError) -> Int {
    var metadata = [
      KeyValue("binlog_file", facts.binlogFile),
      KeyValue("first_position", "\(facts.firstPosition)"),
      KeyValue("last_position", "\(facts.lastPosition)"),
      KeyValue("server_version", facts.serverVersion),
    ]
    if let uuid = settings.serverUUID { metadata.append(KeyValue("server_uuid", uuid)) }
    if content.isTakenOver { metadata.append(.nonce()) }
    do throws(ParquetError) {
      try writeXIDs(of: content, unknown: facts.isWithinTransaction ? content.xids.last?.open : nil)
      return try content.writer.complete(keyValueMetadata: metadata).rows
    } catch {
      throw .parquet(error)
    }
  }
}

extension KeyValue {
  /// Difference of a file from one with the same rows.
  fileprivate static func nonce() -> KeyValue { KeyValue("write_id", Nonce.make()) }
}

extension FileFormat {
  /// Parquet, with a row for each change and its images as JSON.
  public static func parquetChanges(_ settings: ParquetChangesSettings) -> FileFormat {
    FileFormat(nameEnding: ".parquet", blank: { settings.blankFile }) { () throws(PipelineError) in
      try ParquetChangesFormat(settings)
    } writer: {
      ParquetChangesWriter(batchRowLimit: settings.batchRowLimit, extra: settings.extra)
    }
  }
}
