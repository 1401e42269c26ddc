import Foundation
import Pipeline

extension Partitioning {
  /// What `partition_by` says: "table", "date", or both with a comma between them, in any order.
  ///
  /// - Parameter hasTableFolders: true for an output that has a folder for each table anyway.
  init(_ reader: inout ConfigurationReader, hasTableFolders: Bool) {
    let words = reader.string(.partitionBy)?.split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces) }
    self.init(byTable: hasTableFolders || words?.contains("table") ?? false, byDate: words?.contains("date") ?? false)
    guard let words, Set(words).count < words.count || !Set(words).isSubset(of: ["table", "date"]) else { return }
    reader.report(.partitionBy, "must be \"table\", \"date\" or \"table,date\"")
  }

  /// "partition_by=table,date ", for the log; empty without partitions.
  var summary: String {
    let words = [byTable ? "table" : nil, byDate ? "date" : nil].compactMap { $0 }
    return words.isEmpty ? "" : "partition_by=\(words.joined(separator: ",")) "
  }
}
