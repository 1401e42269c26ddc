import BinlogParser
import ParquetWriter
import Platform

/// Settings of Parquet files of tables.
public struct ParquetTablesSettings: Sendable {
  /// Rows in a row group.
  let batchRowLimit: Int
  /// Old values that `_cdc_before` holds.
  let beforeImages: BeforeImages
  /// True for bloom filters of primary keys.
  let hasBloomFilters: Bool
  /// The log that makes files tables, if any.
  let tableFormat: TableFormat
  /// Compression, page size, and the content of `created_by`.
  let properties: WriterProperties
  /// The UUID of the server, where it has one.
  let serverUUID: String?

  /// Files with row groups of `batchRowLimit` rows.
  public init(
    batchRowLimit: Int, beforeImages: BeforeImages, hasBloomFilters: Bool, tableFormat: TableFormat,
    properties: WriterProperties, serverUUID: String?
  ) {
    self.batchRowLimit = batchRowLimit
    self.beforeImages = beforeImages
    self.hasBloomFilters = hasBloomFilters
    self.tableFormat = tableFormat
    self.properties = properties
    self.serverUUID = serverUUID
  }

  /// The bytes of a file without rows, and without columns of a table, different each time.
  var blankFile: [UInt8] {
    ParquetFileWriter.fileWithoutRows(
      schema: Schema(nodes: ChangeColumns.nodes + TableRows.nodesBehindColumns), application: properties.application,
      keyValueMetadata: [.nonce()])
  }
}

/// Parquet files of tables: each of rows of one version of one table, with a row group for each batch.
final class ParquetTablesFormat: PartFormat {
  private let settings: ParquetTablesSettings
  private let store: any OutputStore
  private var encoder: RowGroupEncoder

  /// A file that grows.
  final class Content {
    fileprivate let file: any OutputFile
    fileprivate let isTakenOver: Bool
    /// Layout and row groups, which the first batch brings.
    fileprivate var table: (layout: TableLayout, rows: RowGroups)?
    fileprivate var sequences: ClosedRange<Int64>?

    fileprivate init(_ file: any OutputFile, isTakenOver: Bool) {
      self.file = file
      self.isTakenOver = isTakenOver
    }
  }

  /// The form of files that `settings` describe, in `store`.
  ///
  /// - Throws: `PipelineError` for properties that no file can have.
  init(_ settings: ParquetTablesSettings, in store: any OutputStore) throws(PipelineError) {
    self.settings = settings
    self.store = store
    do { encoder = try RowGroupEncoder(properties: settings.properties) } catch { throw .parquet(error) }
  }

  func begin(_ file: any OutputFile, isTakenOver: Bool) -> Content { Content(file, isTakenOver: isTakenOver) }

  func append(_ batch: TableBatch, to content: Content) throws(PipelineError) {
    let table = try table(of: content, batch.layout)
    do {
      try table.write(batch.rows, &encoder, batch.rows.change.xid)
    } catch {
      throw .parquet(error)
    }
    guard let sequences = batch.rows.change.sequences else { return }
    content.sequences = (content.sequences?.lowerBound ?? sequences.lowerBound)...sequences.upperBound
  }

  /// The row groups of the file, whose schema comes with its first batch. What the dataset has for columns is saved before.
  private func table(of content: Content, _ layout: TableLayout) throws(PipelineError) -> RowGroups {
    if let table = content.table { return table.rows }
    do throws(OutputError) { try layout.dataset.save(in: store) } catch { throw .file(error) }
    do {
      let writer = try ParquetFileWriter(
        content.file, schema: layout.schema(settings), application: settings.properties.application)
      let rows = RowGroups(writer)
      content.table = (layout, rows)
      return rows
    } catch {
      throw .parquet(error)
    }
  }

  func waitsForTransaction(_ content: Content) -> Bool { content.table?.rows.waitForTransaction ?? false }

  func complete(_ content: Content, _ facts: PartFacts) throws(PipelineError) -> CompletedFile {
    guard let (layout, rows) = content.table else { return CompletedFile(rows: 0) }
    var metadata = facts.metadata(serverUUID: settings.serverUUID) + layout.metadata
    if let sequences = content.sequences {
      metadata.append(KeyValue("first_seq", "\(sequences.lowerBound)"))
      metadata.append(KeyValue("last_seq", "\(sequences.upperBound)"))
    }
    if content.isTakenOver { metadata.append(.nonce()) }
    do {
      let file = try rows.complete(metadata, &encoder, isWithinTransaction: facts.isWithinTransaction)
      return CompletedFile(rows: file.rows, content: layout.dataset.facts(of: file))
    } catch {
      throw .parquet(error)
    }
  }
}

extension FileFormat {
  /// Parquet, with a dataset for each table, whose columns have its names and types.
  public static func parquetTables(_ settings: ParquetTablesSettings) -> FileFormat {
    FileFormat(nameEnding: ".parquet", blank: { settings.blankFile }) { store throws(PipelineError) in
      try ParquetTablesFormat(settings, in: store)
    } writer: { store in
      ParquetTablesWriter(settings, in: store)
    } commit: { store, checkpoints in
      switch settings.tableFormat {
      case .none: checkpoints
      case .delta: DeltaCommit(checkpoints, in: store, writer: settings.properties.application)
      }
    }
  }
}
