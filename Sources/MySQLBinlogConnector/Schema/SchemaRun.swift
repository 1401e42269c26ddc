import Logging
import ObjectStore
import Pipeline
import Platform

/// One run of `schema`.
struct SchemaRun {
  private let configuration: Configuration
  private let place: StorageLocation
  private let store: any OutputStore

  /// A run on the output of `configuration`.
  ///
  /// - Throws: `RunError` for a configuration of another output.
  init(_ configuration: Configuration) throws(RunError) {
    guard configuration.output.parquetLayout == .tables, let place = configuration.output.delivery.place else {
      let message =
        "schema is for typed tables: set output_mode to \"parquet\" and parquet_layout to \"tables\""
      throw .configuration(
        ConfigurationError(path: configuration.path, problems: [ConfigurationProblem(.invalidValue, message)]))
    }
    self.configuration = configuration
    self.place = place
    store = Self.store(place, configuration.objectStore)
  }

  private static func store(_ place: StorageLocation, _ settings: S3Settings?) -> any OutputStore {
    switch place {
    case .path(let path): return OutputFolder(path)
    case .s3(let uri):
      guard let settings else { preconditionFailure("a configuration without the store that it names") }
      return S3Prefix(S3Client(settings, retrying: RunReport.warn), uri, mayReplace: {}, warn: { _ in })
    }
  }

  /// The statements of `dialects` for all tables, those of several each behind the engine's name.
  func text(_ dialects: [SQLDialect]) throws(RunError) -> String {
    let tables: [SchemaTable]
    do { tables = try self.tables() } catch { throw .output(error) }
    guard dialects.count > 1 else { return dialects.map { $0.statements(tables) }.joined() }
    return dialects.map { "-- \($0.title)\n\n\($0.statements(tables))" }.joined(separator: "\n")
  }

  private func tables() throws(OutputError) -> [SchemaTable] {
    var tables: [SchemaTable] = []
    for name in try store.list(DatasetDocument.folder) {
      guard let folder = DatasetDocument.datasetFolder(ofDocument: name), let bytes = try store.read(name) else {
        continue
      }
      let document = try DatasetDocument(decoding: bytes, from: "\(name) in \(place)")
      tables.append(
        SchemaTable(
          document, folder: "\(root)/\(folder)", endpoint: configuration.objectStore?.endpoint,
          isByDate: configuration.output.partitioning.byDate, format: configuration.output.tableFormat))
    }
    guard tables.isEmpty else { return tables }
    throw OutputError(
      "no table was written yet to \(place): there are no descriptions in its folder \(DatasetDocument.folder)",
      advice: "check parquet_output_dir, and run the stream first")
  }

  /// The folder of all datasets, as engines that run elsewhere find it.
  private var root: String {
    switch place {
    case .path(let path): FileSystem.resolveExisting(path)
    case .s3(let uri): uri.description
    }
  }
}
