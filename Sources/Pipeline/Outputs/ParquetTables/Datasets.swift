import BinlogParser
import Platform

/// The datasets of all tables that rows came of, and the layouts of their versions.
struct Datasets: ~Copyable {
  private let store: any OutputStore
  private let format: TableFormat
  private var tables: [TableName: Table] = [:]
  /// The table whose rows came last.
  private var last: (plan: TablePlan, layout: TableLayout)?

  private struct Table {
    let dataset: Dataset
    var layouts: [UInt64: TableLayout] = [:]
    /// The version whose rows came last.
    var newest: TableLayout?
  }

  /// More versions of one table are not remembered.
  private static let versionLimit = 64

  /// The datasets in `store`, which are tables of `format`.
  init(in store: any OutputStore, _ format: TableFormat) {
    self.store = store
    self.format = format
  }

  /// The layout of the table that is read by `plan`.
  ///
  /// - Throws: `PipelineError` where the dataset's columns cannot be read.
  mutating func layout(of plan: TablePlan) throws(PipelineError) -> TableLayout {
    if let last, last.plan === plan { return last.layout }
    let name = plan.tableName
    var table = try table(name)
    let layout = table.layouts[plan.fingerprint] ?? TableLayout(plan, of: table.dataset)
    if table.newest !== layout { table.dataset.setNewest(layout) }
    if table.layouts.count >= Self.versionLimit { table.layouts.removeAll() }
    table.layouts[plan.fingerprint] = layout
    table.newest = layout
    tables[name] = table
    last = (plan, layout)
    return layout
  }

  /// The layout for a change of the whole of `table`: its newest one.
  ///
  /// - Throws: `PipelineError` where the dataset's columns cannot be read.
  mutating func layout(of name: TableName) throws(PipelineError) -> TableLayout {
    var table = try table(name)
    let layout = table.newest ?? TableLayout(unknownVersionOf: table.dataset)
    table.newest = layout
    tables[name] = table
    return layout
  }

  private func table(_ name: TableName) throws(PipelineError) -> Table {
    if let table = tables[name] { return table }
    return Table(dataset: try Dataset(name, in: store, format))
  }

  /// The tables in `schema` whose datasets had rows before the one with the number `sequence`, of this run or of earlier ones: the same
  /// tables in every run that comes by there, whatever was written behind it.
  ///
  /// - Throws: `PipelineError` where the documents cannot be read.
  mutating func tables(ofSchema schema: [UInt8], before sequence: Int64) throws(PipelineError) -> [TableName] {
    let known = Set(tables.keys.filter { $0.schema == schema }.map(DatasetDocument.path))
    for dataset in try Dataset.all(ofSchema: schema, besides: known, in: store, format)
    where tables[dataset.table] == nil {
      tables[dataset.table] = Table(dataset: dataset)
    }
    let found = tables.filter { $0.key.schema == schema && $0.value.dataset.hasRows(before: sequence) }
    return found.keys.sorted { $0.table.lexicographicallyPrecedes($1.table) }
  }
}
