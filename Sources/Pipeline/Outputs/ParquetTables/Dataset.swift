import BinlogParser
import ParquetWriter
import Platform
import Synchronization

/// The dataset of one table: what its files have for columns, kept in a document beside them, over runs.
///
/// The thread that decodes gives it columns; the one that writes saves the document before a file with new ones appears.
final class Dataset: Sendable {
  /// The table.
  let table: TableName
  private let format: TableFormat
  private let state: Mutex<State>

  private struct State {
    var document: DatasetDocument
    /// True where the store has the document as it is.
    var isSaved: Bool
  }

  /// The dataset of `table` in `store`, a table of `format`, with the columns that it has there.
  ///
  /// - Throws: `PipelineError` where they cannot be read.
  init(_ table: TableName, in store: any OutputStore, _ format: TableFormat) throws(PipelineError) {
    self.table = table
    self.format = format
    let path = DatasetDocument.path(table)
    do throws(OutputError) {
      let saved = try store.read(path).map { bytes throws(OutputError) in
        let document = try DatasetDocument(decoding: bytes, from: "\(path) in the output folder")
        try document.check(isOf: table, at: path)
        return document
      }
      state = Mutex(State(document: saved ?? DatasetDocument(table), isSaved: saved != nil))
    } catch {
      throw .file(error)
    }
  }

  /// The columns that the dataset ever had.
  var columns: [DatasetColumns.Column] { state.withLock { $0.document.columns.columns } }

  /// The columns of a version of the table: those that the dataset has, or else new ones.
  func assign(_ names: [String], _ types: [DatasetType]) -> [DatasetColumns.Column] {
    change { $0.columns.assign(names.map(format.fileColumn), types) }
  }

  /// Facts about a complete `file` of the dataset.
  func facts(of file: ParquetFileWriter.Summary) -> DatasetFile {
    DatasetFile(
      folder: DatasetFolder.path(table), columns: state.withLock { $0.document.fileColumns }, statistics: file.columns)
  }

  /// Notes that the rows to come are of the version of the table that `layout` describes.
  func setNewest(_ layout: TableLayout) {
    change {
      $0.setNewest(layout.columns, names: layout.names, sqlTypes: layout.sqlTypes, primaryKey: layout.primaryKey)
    }
  }

  private func change<Value: Sendable>(_ body: (inout DatasetDocument) -> Value) -> Value {
    state.withLock { state in
      let before = state.document
      let value = body(&state.document)
      if state.document != before { state.isSaved = false }
      return value
    }
  }

  /// Saves the document in `store`, unless it is there.
  func save(in store: any OutputStore) throws(OutputError) {
    try state.withLock { state throws(OutputError) in
      guard !state.isSaved else { return }
      let file = try store.createFile(DatasetDocument.path(table))
      try file.write(state.document.encoded.bytes)
      try file.publish()
      state.isSaved = true
    }
  }
}
