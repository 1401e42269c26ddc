import BinlogParser

/// Which tables, and which changes to their rows, are wanted.
package struct FilterSettings: Sendable {
  /// The patterns of `include`, as written.
  package let include: [String]
  /// The patterns of `exclude`, as written.
  package let exclude: [String]
  /// The names of `operations`, as written; empty for all.
  package let operations: [String]
  /// The filter that all of them make.
  package let tables: TableFilter

  init(_ reader: inout ConfigurationReader) {
    include = reader.strings(.include) ?? []
    exclude = reader.strings(.exclude) ?? []
    let names = reader.strings(.operations)
    operations = names ?? []
    var tables = TableFilter()
    do throws(TableFilterError) { tables = try TableFilter(include: include, exclude: exclude) } catch {
      for problem in error.problems { reader.report(ConfigurationProblem(problem)) }
    }
    if let names { tables.operations = Self.operations(names, &reader) }
    self.tables = tables
  }

  private static func operations(_ names: [String], _ reader: inout ConfigurationReader) -> RowOperations {
    var kinds = ["truncate": RowOperations.truncate]
    for kind in RowsKind.allCases { kinds[kind.description.lowercased()] = RowOperations(kind) }
    let known = "\"insert\", \"update\", \"delete\" and \"truncate\""
    var operations = RowOperations()
    for name in names {
      if let kind = kinds[name] {
        operations.insert(kind)
      } else {
        reader.report(.operations, "must hold \(known) only, holds \(name.quotedForMessage)")
      }
    }
    if names.isEmpty { reader.report(.operations, "must name at least one of \(known)") }
    return operations
  }
}

extension ConfigurationProblem {
  fileprivate init(_ problem: TableFilterError.Problem) {
    let pattern = problem.pattern.quotedForMessage
    switch problem.kind {
    case .invalidFilter: self.init(.invalidFilter, "\(problem.list.rawValue) pattern \(pattern): \(problem.reason)")
    case .conflictingPattern: self.init(.conflictingPattern, "pattern \(pattern): \(problem.reason)")
    }
  }
}
