import ParquetWriter

extension DatasetDocument {
  /// A column of the dataset's files.
  package struct FileColumn: Equatable, Sendable {
    package let name: String
    package let type: DatasetType
    /// True for a column without nulls.
    package let isRequired: Bool
  }

  /// All columns that files of the dataset can have: those that tell what happened, and between them those of the table.
  package var fileColumns: [FileColumn] {
    let own = columns.columns.map { FileColumn(name: $0.name, type: $0.type, isRequired: false) }
    return ChangeColumns.nodes.compactMap(FileColumn.init) + own
      + TableRows.nodesBehindColumns.compactMap(FileColumn.init)
  }
}

extension DatasetDocument.FileColumn {
  /// The column of a node that tells what happened.
  fileprivate init?(_ node: SchemaNode) {
    guard case .column(let column) = node else { return nil }
    let type: DatasetType =
      switch column.logicalType {
      case .utcMicroseconds: .timestamp
      case nil: .int64
      default: .string
      }
    self.init(name: column.name, type: type, isRequired: column.repetition == .required)
  }
}
