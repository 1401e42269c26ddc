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
    /// Nulls and bounds of each column.
    public let columns: [ColumnStatistics]
  }

  private let file: any OutputFile
  /// The columns, as the row groups so far have settled their encodings.
  private var leaves: [SchemaLeaf]
  private var metaData: FileMetaData
  private var columns: [ColumnStatistics]
  private var state = State.growing
  /// Row groups at the end of the file that miss a column; none behind them is in `metaData` yet.
  private var incomplete: [RowGroup] = []

  /// Row groups whose page indices are not written yet.
  private var indexed: [RowGroup] = []

  private enum State {
    case growing, complete, failed
  }

  /// Begins `file`, which is empty.
  public init(_ file: any OutputFile, schema: Schema, application: ApplicationVersion) throws(ParquetError) {
    self.file = file
    leaves = schema.leaves
    columns = schema.leaves.map { ColumnStatistics($0) }
    metaData = FileMetaData(schema: schema, createdBy: application.description)
    try write(OutputBuffer(literal: FileMetaData.magic))
  }

  /// The path under which the file will appear.
  public var path: String { file.finalPath }
  /// Bytes written so far.
  public var byteCount: Int { file.byteCount }
  /// Rows written so far.
  public var rowCount: Int { (incomplete + indexed).reduce(metaData.rowCount) { $0 + $1.rowCount } }

  /// Encodes `batch` and writes it as the next row group. A batch without rows writes nothing.
  ///
  /// A batch may postpone a column. Then the next ones must do so too, until `completeRowGroups` has brought the columns of all of them.
  ///
  /// - Parameter encoder: one that files of any schemas can share.
  public func writeRowGroup(
    _ batch: borrowing some RowBatch & ~Copyable, _ encoder: inout RowGroupEncoder
  ) throws(ParquetError) {
    guard state == .growing else { throw .notOpen(path: path) }
    guard batch.rowCount > 0 else { return }
    do throws(ParquetError) {
      let rowGroup = try encoder.write(batch, &leaves, to: file)
      if rowGroup.missingColumn != nil { return incomplete.append(rowGroup) }
      guard incomplete.isEmpty else { throw ParquetError.batchMismatch("an earlier row group misses a column") }
      append(rowGroup)
    } catch {
      abandon()
      throw error
    }
  }

  /// Writes the columns that row groups miss, and of which `column` makes those of the first, the second …
  public func completeRowGroups<Column: ParquetColumn & ~Copyable>(
    _ encoder: inout RowGroupEncoder, _ column: (_ index: Int) -> Column
  ) throws(ParquetError) {
    guard state == .growing else { throw .notOpen(path: path) }
    do throws(ParquetError) {
      for (index, rowGroup) in incomplete.enumerated() {
        var rowGroup = rowGroup
        try encoder.write(column(index), of: &rowGroup, leaves, to: file)
        append(rowGroup)
      }
    } catch {
      abandon()
      throw error
    }
    incomplete.removeAll()
  }

  /// Writes the footer: the file is complete.
  public func complete(keyValueMetadata: [KeyValue] = []) throws(ParquetError) -> Summary {
    guard state == .growing, incomplete.isEmpty else { throw .notOpen(path: path) }
    try writePageIndices()
    try write(metaData.footer(keyValueMetadata: keyValueMetadata))
    state = .complete
    return Summary(
      bytes: file.byteCount, rows: metaData.rowCount, rowGroups: metaData.rowGroupCount,
      columns: columns)
  }

  private func append(_ rowGroup: RowGroup) {
    for (index, chunk) in rowGroup.columns.enumerated() { columns[index].add(chunk.metaData) }
    if rowGroup.hasPageIndex { indexed.append(rowGroup) } else { metaData.append(rowGroup) }
  }

  /// Writes the column indices of all row groups, then their offset indices: readers fetch each kind at once.
  private func writePageIndices() throws(ParquetError) {
    for group in indexed.indices {
      try indexed[group].placePageIndices { index, place throws(ParquetError) in
        guard let bytes = index.encodedColumnIndex else { return }
        place.columnIndex = FileRange(offset: file.byteCount, length: bytes.count)
        try write(bytes)
      }
    }
    for group in indexed.indices {
      try indexed[group].placePageIndices { index, place throws(ParquetError) in
        let bytes = index.encodedOffsetIndex
        place.offsetIndex = FileRange(offset: file.byteCount, length: bytes.count)
        try write(bytes)
      }
      metaData.append(indexed[group])
    }
    indexed.removeAll()
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
