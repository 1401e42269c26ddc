import BinlogParser
import ParquetWriter
import Pipeline
import Platform

/// Rows in the columns of their table, and files of them, which nobody keeps.
enum TypedRows {
  private static let settings: ParquetTablesSettings = {
    var properties = WriterProperties(application: ApplicationVersion(application: "fuzz", version: "1", build: "1"))
    properties.compression = .none
    properties.hasPageIndex = true
    return ParquetTablesSettings(
      batchRowLimit: 5, beforeImages: .full, hasBloomFilters: true, tableFormat: .delta, properties: properties,
      serverUUID: nil)
  }()

  /// Writes the rows of the event `frame`.
  static func write(_ rows: borrowing RowsEvent, _ table: TablePlan, _ frame: EventFrame) {
    var writer = ParquetTablesWriter(settings, in: NoStore())
    var target = NoTarget()
    let origin = RowsOrigin(frame: frame, firstSequence: 1, transaction: TransactionContext())
    do throws(PipelineError) {
      try writer.rows(rows, table, origin, to: &target)
      try writer.flush(to: &target)
    } catch {
      precondition(!error.description.isEmpty, "an error without words")
    }
  }
}

/// Batches that go nowhere.
private struct NoTarget: ~Copyable, BatchTarget {
  var rows: UInt64 = 0

  mutating func put(_ batch: TableBatch) -> TableBatch? {
    precondition(batch.byteCount > 0, "a batch without rows")
    batch.removeAll()
    return batch
  }
}

/// A store without anything.
private struct NoStore: OutputStore {
  func createFile(_ name: String) throws(OutputError) -> any OutputFile { throw OutputError("no file", advice: "") }
  func createIfAbsent(_ name: String, _ bytes: [UInt8]) throws(OutputError) -> Bool { false }
  func read(_ name: String) -> [UInt8]? { nil }
  func list(_ folder: String) -> [String] { [] }
  func vacate(_ names: [String], leaving blank: () -> [UInt8]) {}
}
