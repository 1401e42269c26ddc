import Bytes
import Platform

// https://github.com/apache/parquet-format/blob/master/README.md#file-format

/// Writes one Parquet file, which appears under its name only when it is complete and safe on disk.
///
/// A writer belongs to one thread at a time. When a write fails, the file is given up, and so it is when the writer goes
/// away before `finish`.
public final class ParquetFileWriter {
  /// What a finished file holds.
  public struct Summary: Sendable, Equatable {
    /// The size of the file.
    public let bytes: Int
    /// Rows in all row groups.
    public let rows: Int
    /// Row groups.
    public let rowGroups: Int
  }

  private let file: any OutputFile
  private var encoder: RowGroupEncoder
  private var metaData: FileMetaData
  private var isOpen = true

  /// Starts the file that will be `name` in `place`.
  public init(
    place: any OutputPlace, name: String, schema: Schema, properties: WriterProperties
  ) throws(ParquetError) {
    encoder = try RowGroupEncoder(schema: schema, properties: properties)
    metaData = FileMetaData(schema: schema, createdBy: properties.application.description)
    do {
      file = try place.createFile(name)
    } catch {
      throw .output(error)
    }
    try write(OutputBuffer(literal: FileMetaData.magic))
  }

  /// The path under which the file will appear.
  public var path: String { file.finalPath }
  /// Bytes written so far.
  public var byteCount: Int { file.byteCount }
  /// Rows written so far.
  public var rowCount: Int { metaData.rowCount }

  /// Encodes `batch` and writes it as the next row group. A batch without rows writes nothing.
  public func writeRowGroup(_ batch: borrowing some RowBatch & ~Copyable) throws(ParquetError) {
    let rowGroup = try encoder.encode(batch)
    try append(rowGroup)
    encoder.recycle(rowGroup)
  }

  /// Writes a row group that was encoded before, with the schema and properties of this file.
  public func append(_ rowGroup: borrowing EncodedRowGroup) throws(ParquetError) {
    guard isOpen else { throw .notOpen(path: path) }
    guard rowGroup.rowCount > 0 else { return }
    let offset = file.byteCount
    try write(rowGroup.bytes)
    metaData.append(rowGroup.rowGroup(at: offset))
  }

  /// Writes the footer, makes the file durable and lets it appear under its name, in place of an older file.
  public func finish(keyValueMetadata: [KeyValue] = []) throws(ParquetError) -> Summary {
    guard isOpen else { throw .notOpen(path: path) }
    try write(metaData.footer(keyValueMetadata: keyValueMetadata))
    isOpen = false
    do {
      try file.publish()
    } catch {
      throw .output(error)
    }
    return Summary(bytes: file.byteCount, rows: metaData.rowCount, rowGroups: metaData.rowGroupCount)
  }

  /// Gives the file up: nothing of it stays.
  public func abandon() {
    isOpen = false
    file.abandon()
  }

  private func write(_ buffer: borrowing OutputBuffer) throws(ParquetError) {
    do {
      try file.write(buffer.bytes)
    } catch {
      abandon()
      throw .output(error)
    }
  }
}

extension OutputBuffer {
  fileprivate init(literal: StaticString) {
    self.init(capacity: literal.utf8CodeUnitCount)
    append(literal)
  }
}
