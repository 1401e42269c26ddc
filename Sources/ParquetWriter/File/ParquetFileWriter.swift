import Bytes
import Platform

// https://github.com/apache/parquet-format/blob/master/README.md#file-format

/// Writes the bytes of one Parquet file; whoever made the file publishes it once it is complete.
///
/// A writer belongs to one thread at a time. When a batch or a write fails, the file is given up.
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
  private var metaData: FileMetaData
  private var state = State.growing

  private enum State {
    case growing, complete, failed
  }

  /// Begins `file`, which is empty.
  public init(_ file: any OutputFile, schema: Schema, application: ApplicationVersion) throws(ParquetError) {
    self.file = file
    metaData = FileMetaData(schema: schema, createdBy: application.description)
    try write(OutputBuffer(literal: FileMetaData.magic))
  }

  /// The path under which the file will appear.
  public var path: String { file.finalPath }
  /// Bytes written so far.
  public var byteCount: Int { file.byteCount }
  /// Rows written so far.
  public var rowCount: Int { metaData.rowCount }

  /// Encodes `batch` and writes it as the next row group. A batch without rows writes nothing.
  ///
  /// - Parameter encoder: of this file's schema; files can share one.
  public func writeRowGroup(
    _ batch: borrowing some RowBatch & ~Copyable, _ encoder: inout RowGroupEncoder
  ) throws(ParquetError) {
    guard state == .growing else { throw .notOpen(path: path) }
    guard batch.rowCount > 0 else { return }
    do { metaData.append(try encoder.write(batch, to: file)) } catch {
      abandon()
      throw error
    }
  }

  /// Writes the footer: the file is complete.
  public func complete(keyValueMetadata: [KeyValue] = []) throws(ParquetError) -> Summary {
    guard state == .growing else { throw .notOpen(path: path) }
    try write(metaData.footer(keyValueMetadata: keyValueMetadata))
    state = .complete
    return Summary(bytes: file.byteCount, rows: metaData.rowCount, rowGroups: metaData.rowGroupCount)
  }

  private func abandon() {
    state = .failed
    file.abandon()
  }

  /// The bytes of a whole file without rows.
  public static func fileWithoutRows(
    schema: Schema, application: ApplicationVersion, keyValueMetadata: [KeyValue]
  ) -> [UInt8] {
    var file = OutputBuffer(literal: FileMetaData.magic)
    let metaData = FileMetaData(schema: schema, createdBy: application.description)
    file.append(metaData.footer(keyValueMetadata: keyValueMetadata).bytes)
    return file.array
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
