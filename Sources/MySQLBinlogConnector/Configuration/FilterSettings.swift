import BinlogParser

/// Which tables are wanted.
package struct FilterSettings: Sendable {
  /// The patterns of `include`, as written.
  package let include: [String]
  /// The patterns of `exclude`, as written.
  package let exclude: [String]
  /// The filter that the patterns make.
  package let tables: TableFilter

  init(_ reader: inout ConfigurationReader) {
    include = reader.strings(.include) ?? []
    exclude = reader.strings(.exclude) ?? []
    do throws(TableFilterError) {
      tables = try TableFilter(include: include, exclude: exclude)
    } catch {
      tables = TableFilter()
      for problem in error.problems { reader.report(ConfigurationProblem(problem)) }
    }
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
