/// Every column that a table's dataset has ever had, by its name: no name ever gets a second type.
///
/// The same columns and the same changes give the same names and field ids, in whatever run.
package struct DatasetColumns: Equatable, Sendable {
  /// A column of the dataset.
  package struct Column: Hashable, Sendable {
    /// The name in the files.
    package let name: String
    package let type: DatasetType
    /// Number by which readers find it.
    package let fieldID: Int32
    /// The column of the table for which it was made. No other one ever gets it, whatever name it would have.
    package let source: String

    package init(name: String, type: DatasetType, fieldID: Int32, source: String? = nil) {
      self.name = name
      self.type = type
      self.fieldID = fieldID
      self.source = source ?? name
    }
  }

  /// The columns in the order in which they came.
  package private(set) var columns: [Column] = []
  /// Index of each by its name in small letters: engines take "Amount" and "amount" for one column.
  private var indices: [String: Int] = [:]

  /// The columns that tell what happened have the numbers below.
  static let firstFieldID: Int32 = 101

  /// No columns yet.
  package init() {}

  /// The columns that a dataset had before; nil where two have one name.
  package init?(_ columns: [Column]) {
    self.columns = columns
    for (index, column) in columns.enumerated() {
      guard indices.updateValue(index, forKey: column.name.lowercased()) == nil else { return nil }
    }
  }

  /// The columns of a table with these `names` and `types`, in its order: those that the dataset has, or else new ones. A column that can
  /// have its own name has it, whatever others are called.
  ///
  /// - Parameter sources: the names in the table, where `names` are those that files could have for them.
  package mutating func assign(_ names: [String], _ types: [DatasetType], sources: [String]? = nil) -> [Column] {
    let sources = sources ?? names
    var assigned = [Column?](repeating: nil, count: names.count)
    var taken = Set<String>()
    for onlyOwnNames in [true, false] {
      for (index, (name, type)) in zip(names, types).enumerated() where assigned[index] == nil {
        var candidates = Candidates(name, type)
        repeat {
          let candidate = candidates.next()
          let key = candidate.lowercased()
          guard !taken.contains(key), let column = column(candidate, key, type, sources[index]) else { continue }
          taken.insert(key)
          assigned[index] = column
        } while assigned[index] == nil && !onlyOwnNames
      }
    }
    return assigned.compactMap { $0 }
  }

  /// The column `name` of `source`, which is made where there is none; nil where it has another type, or another source.
  private mutating func column(_ name: String, _ key: String, _ type: DatasetType, _ source: String) -> Column? {
    if let index = indices[key] {
      let column = columns[index]
      return column.type == type && column.source.lowercased() == source.lowercased() ? column : nil
    }
    let last = columns.last?.fieldID ?? Self.firstFieldID - 1
    let column = Column(name: name, type: type, fieldID: last + 1, source: source)
    indices[key] = columns.count
    columns.append(column)
    return column
  }
}

/// Names for a column, the best first: its own, that with its type's word, and that with ever more underscores.
private struct Candidates {
  private let name: String
  private let word: String
  private var count = 0

  /// Names for a column that the table calls `name`. One that begins as the columns that tell what happened do gets a further underscore.
  init(_ name: String, _ type: DatasetType) {
    self.name = name.lowercased().hasPrefix("_cdc_") ? "_\(name)" : name
    word = type.word
  }

  mutating func next() -> String {
    defer { count += 1 }
    return count == 0 ? name : "\(name)__\(word)" + String(repeating: "_", count: count - 1)
  }
}
