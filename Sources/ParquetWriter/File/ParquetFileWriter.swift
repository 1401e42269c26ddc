import Bytes
import Platform

// https://github.com/apache/parquet-format/blob/master/README.md#file-format

/// Writes one Parquet file, which appears under its name only when it is complete and safe on disk.
///
/// A writer belongs to one thread at a time. When a batch or a write fails, the file is given up, and so it is when the writer goes
/// away before `publish`.
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
    case growing, complete, ended
  }

  /// Starts the file that will be `name` in `place`.
  public init(
    place: any OutputPlace, name: String, schema: Schema, application: ApplicationVersion
  ) throws(ParquetError) {
    metaData = FileMetaData(schema: schema, createdBy: application.description)
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
  /// Bytes of the file that are still in memory.
  public var bufferedByteCount: Int { file.bufferedByteCount }

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

  /// Writes the footer: the file is complete, and can be published.
  public func complete(keyValueMetadata: [KeyValue] = []) throws(ParquetError) -> Summary {
    guard state == .growing else { throw .notOpen(path: path) }
    try write(metaData.footer(keyValueMetadata: keyValueMetadata))
    state = .complete
    return Summary(bytes: file.byteCount, rows: metaData.rowCount, rowGroups: metaData.rowGroupCount)
  }

  /// Makes the complete file durable, and gives back what it needs to grow, so that it can wait to be published.
  public func seal() throws(ParquetError) {
    guard state == .complete else { throw .notOpen(path: path) }
    do { try file.seal() } catch { throw .output(error) }
  }

  /// Makes the complete file durable and lets it appear under its name, in place of an older file.
  public func publish() throws(ParquetError) {
    guard state == .complete else { throw .notOpen(path: path) }
    do { try file.publish() } catch { throw .output(error) }
    state = .ended
  }

  /// Gives the file up: nothing of it stays.
  public func abandon() {
    state = .ended
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
