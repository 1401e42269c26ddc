import ParquetWriter

/// A file that became visible.
public struct PublishedFile: Sendable {
  /// As a checkpoint names it.
  let file: Checkpoint.File
  /// The name below the output folder.
  let name: String
  /// Facts about its contents, where it is of a dataset.
  let content: DatasetFile?
}

/// Facts about a complete file, from its form.
struct CompletedFile {
  /// Its rows.
  let rows: Int
  /// Facts about its contents, where it is of a dataset.
  var content: DatasetFile?
}

/// Facts about a file of a table's dataset.
struct DatasetFile: Sendable {
  /// The dataset's folder, below the output folder.
  let folder: String
  /// The columns that files of the dataset can have.
  let columns: [DatasetDocument.FileColumn]
  /// Nulls and bounds of the file's own columns.
  let statistics: [ColumnStatistics]
}
