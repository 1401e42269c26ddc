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
  /// The number of the first row that the dataset ever had; above all numbers where none is known.
  private let firstSequence: Atomic<Int64>

  private struct State {
    var document: DatasetDocument
    /// True where the store has the document as it is.
    var isSaved: Bool
  }

  /// The dataset of `table` in `store`, a table of `format`, with the columns that it has there.
  ///
  /// - Throws: `PipelineError` where they cannot be read.
  convenience init(_ table: TableName, in store: any OutputStore, _ format: TableFormat) throws(PipelineError) {
    let path = DatasetDocument.path(table)
    let saved: DatasetDocument?
    do { saved = try DatasetDocument(at: path, in: store) } catch { throw .file(error) }
    do throws(OutputError) { try saved?.check(isOf: table, at: path) } catch { throw .file(error) }
    self.init(table, saved, format)
  }

  /// The dataset of `table` that `saved` describes; nil for a new one.
  private init(_ table: TableName, _ saved: DatasetDocument?, _ format: TableFormat) {
    self.table = table
    self.format = format
    state = Mutex(State(document: saved ?? DatasetDocument(table), isSaved: saved != nil))
    firstSequence = Atomic(saved.map { $0.firstSequence ?? .min } ?? .max)
  }

  /// The datasets of the tables in `schema` that `store` has documents of, besides those at the paths `known`.
  static func all(
    ofSchema schema: [UInt8], besides known: Set<String>, in store: any OutputStore, _ format: TableFormat
  ) throws(PipelineError) -> [Dataset] {
    var datasets: [Dataset] = []
    do throws(OutputError) {
      let paths = try store.list(DatasetDocument.folder(ofSchema: schema))
      for path in paths where path.hasSuffix(".json") && !known.contains(path) {
        guard let document = try DatasetDocument(at: path, in: store) else { continue }
        datasets.append(Dataset(document.tableName, document, format))
      }
    } catch {
      throw .file(error)
    }
    return datasets
  }

  /// Says whether the dataset had rows before the one with the number `sequence`.
  func hasRows(before sequence: Int64) -> Bool { firstSequence.load(ordering: .relaxed) < sequence }

  /// Notes that there is a row with the number `sequence`.
  func noteRow(_ sequence: Int64) {
    guard sequence < firstSequence.load(ordering: .relaxed) else { return }
    firstSequence.store(sequence, ordering: .relaxed)
    change { $0.firstSequence = sequence }
  }

  /// The columns that the dataset ever had.
  var columns: [DatasetColumns.Column] { state.withLock { $0.document.columns.columns } }

  /// The columns of a version of the table: those that the dataset has, or else new ones.
  func assign(_ names: [String], _ types: [DatasetType]) -> [DatasetColumns.Column] {
    change { $0.columns.assign(names.map(format.fileColumn), types, sources: names) }
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
