/// The values of `table_format`: what makes the files of a dataset a table.
public enum TableFormat: String, CaseIterable, Sendable {
  /// Nothing: they lie in its folder.
  case none
  /// A Delta log beside them.
  case delta

  /// The name in files of a column that the table calls `name`.
  func fileColumn(_ name: String) -> String {
    switch self {
    case .none: name
    case .delta: DeltaName.column(name)
    }
  }
}
