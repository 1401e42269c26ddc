// https://github.com/apache/parquet-format/blob/master/README.md#nested-encoding

/// A column with its place in the schema tree.
public struct SchemaLeaf: Sendable, Equatable {
  /// The column itself.
  public private(set) var column: ColumnDescriptor
  /// The names from the root, which is left out, to the column.
  let path: [String]
  /// Optional and repeated nodes on the path: the definition level of a value.
  let maxDefinitionLevel: Int
  /// Repeated nodes on the path.
  let maxRepetitionLevel: Int

  /// The path in one word.
  var dottedPath: String { path.joined(separator: ".") }
  /// True if pages have levels before their values.
  var hasLevels: Bool { maxDefinitionLevel > 0 }

  /// Lets text have a dictionary in all row groups of a file or in none, as in `chunk`, the first one with values.
  mutating func settleDictionary(asIn chunk: ColumnChunk) {
    guard column.isText, column.encoding == .smallest, chunk.metaData.hasValues else { return }
    column.encoding = chunk.metaData.pages.dictionaryPageOffset == nil ? .plain : .wholeDictionary
  }
}

extension SchemaNode {
  /// The leaves below this node, which is one itself or a group, depth first.
  func leaves(path: [String] = [], definition: Int = 0, repetition: Int = 0) -> [SchemaLeaf] {
    let path = path + [name]
    let definition = definition + (self.repetition == .required ? 0 : 1)
    let repetition = repetition + (self.repetition == .repeated ? 1 : 0)
    switch self {
    case .column(let column):
      return [
        SchemaLeaf(column: column, path: path, maxDefinitionLevel: definition, maxRepetitionLevel: repetition)
      ]
    case .group(let group):
      return group.children.flatMap { $0.leaves(path: path, definition: definition, repetition: repetition) }
    }
  }
}
