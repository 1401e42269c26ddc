import Bytes
import Foundation
import ParquetWriter
import Platform

/// The log of one Delta table in a store, and the state that it leads to.
///
/// A commit is a file that appears only if there is none of its name. Where another writer was faster, what it wrote is read, and
/// the next version is tried.
package struct DeltaLog {
  /// The table's folder, below the output folder.
  let folder: String
  private let store: any OutputStore
  private let writer: ApplicationVersion
  package private(set) var snapshot = DeltaSnapshot()

  /// Versions of other writers that come before one of ours, at most.
  private static let roundLimit = 1000

  /// Reads the log of the table in `folder`; one that is not there yet has no versions. New ones name the `writer`.
  package init(_ folder: String, in store: any OutputStore, writer: ApplicationVersion) throws(OutputError) {
    self.folder = folder
    self.store = store
    self.writer = writer
    let versions = try store.list("\(folder)/\(Self.name)").compactMap(Self.version).sorted()
    for (index, version) in versions.enumerated() where version != index {
      throw .delta(
        folder, "has no version \(index) in its log, but version \(version)",
        advice: "restore \(Self.path(Int64(index), in: folder)), or give this output a folder of its own")
    }
    for start in stride(from: 0, to: versions.count, by: Self.batchCount) {
      let paths = versions[start...].prefix(Self.batchCount).map { Self.path($0, in: folder) }
      for (path, bytes) in zip(paths, try SideBySideReads.bytes(of: paths, in: store)) {
        guard let bytes else { throw .delta(path, "is listed and not there", advice: "run again") }
        try apply(bytes, from: path)
      }
    }
    try catchUp()
  }

  /// Versions that are read at once.
  private static let batchCount = 256

  /// The folder of a log, in that of its table.
  static let name = "_delta_log"
  package static let ending = ".json"
  private static let digitCount = 20

  /// The path of a version's file.
  package static func path(_ version: Int64, in folder: String, ending: String = Self.ending) -> String {
    let digits = String(version)
    let zeros = String(repeating: "0", count: max(0, digitCount - digits.count))
    return "\(folder)/\(name)/\(zeros)\(digits)\(ending)"
  }

  /// The version whose file has the path `path`; nil for another file.
  private static func version(_ path: String) -> Int64? {
    guard let file = path.split(separator: "/").last, file.hasSuffix(ending) else { return nil }
    let digits = file.dropLast(ending.count)
    guard digits.count == digitCount, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    return Int64(digits)
  }

  /// Reads the versions that came since the last look.
  mutating func catchUp() throws(OutputError) {
    while true {
      let path = Self.path(snapshot.version + 1, in: folder)
      guard let bytes = try store.read(path) else { return }
      try apply(bytes, from: path)
    }
  }

  private mutating func apply(_ bytes: [UInt8], from path: String) throws(OutputError) {
    guard let actions = [DeltaAction](decoding: bytes) else {
      throw .delta(
        path, "is damaged: a line of it is no action in JSON",
        advice: "restore the file, or give this output a folder of its own")
    }
    try snapshot.apply(actions, from: path)
  }

  /// Throws unless files of `table` can be added to the table.
  package func check(_ table: DeltaPart.Table) throws(OutputError) { _ = try changes(table) }

  /// Writes the part `number` of `application` with the files of `table`, unless the log has it.
  ///
  /// - Parameter time: now, in milliseconds since 1970.
  /// - Returns: true if it was written.
  package mutating func commit(
    _ table: DeltaPart.Table, application: String, number: Int64, time: Int64
  ) throws(OutputError) -> Bool {
    for _ in 0..<Self.roundLimit {
      if let last = snapshot.part(of: application), last >= number { return false }
      let info = DeltaAction.CommitInfo(timestamp: time, operation: "WRITE", engineInfo: writer.description)
      var actions = [DeltaAction(commitInfo: info)] + (try changes(table))
      actions.append(DeltaAction(txn: DeltaAction.Transaction(appId: application, version: number, lastUpdated: time)))
      actions += table.files.map { DeltaAction(add: $0) }
      let path = Self.path(snapshot.version + 1, in: folder)
      if try store.createIfAbsent(path, actions.encoded) {
        try snapshot.apply(actions, from: path)
        if snapshot.version > 0, snapshot.version % DeltaCheckpoint.interval == 0 { try writeCheckpoint(at: time) }
        return true
      }
      try catchUp()
    }
    throw .delta(
      folder, "gets versions from others faster than this program can add one", advice: "let fewer writers at it")
  }

  /// Writes the state into a file beside the log, and then where that is.
  private mutating func writeCheckpoint(at time: Int64) throws(OutputError) {
    snapshot.forgetRemoved(at: time)
    let checkpoint = DeltaCheckpoint(snapshot)
    let file = try store.createFile(Self.path(snapshot.version, in: folder, ending: DeltaCheckpoint.ending))
    do throws(ParquetError) { try checkpoint.write(to: file, writer: writer) } catch {
      if case .output(let error) = error { throw error }
      throw .delta(folder, "gets no checkpoint of its log: \(error)", advice: "report this as a bug")
    }
    try file.publish()
    let last = try store.createFile("\(folder)/\(Self.name)/_last_checkpoint")
    try last.write(Array("{\"version\":\(snapshot.version),\"size\":\(checkpoint.rowCount)}".utf8).bytes)
    try last.publish()
  }

  /// The actions that have to come before files of `table`: those that make the table, or that add columns.
  private func changes(_ table: DeltaPart.Table) throws(OutputError) -> [DeltaAction] {
    let days = table.isDivided ? [DeltaColumn.day.name] : []
    guard var metaData = snapshot.metaData else {
      guard snapshot.version < 0 else {
        throw .delta(folder, "has no metaData in its log", advice: "give this output a folder of its own")
      }
      return try creation(table, days)
    }
    guard metaData.partitionColumns == days else {
      throw .delta(
        folder, "is divided by \(metaData.partitionColumns), and these files by \(days)",
        advice: "leave partition_by as it was, or give this output a folder of its own")
    }
    guard var schema = DeltaSchema(metaData.schemaString), schema.columns.contains(Self.sequence) else {
      throw .delta(
        folder, "is none of this program: it has no column \(Self.sequence.name)",
        advice: "give this output a folder of its own")
    }
    guard try schema.add(table.columns, at: folder) else { return [] }
    metaData.schemaString = schema.text
    return (snapshot.demands(of: schema).map { [DeltaAction(protocol: $0)] } ?? []) + [DeltaAction(metaData: metaData)]
  }

  /// Rows are only added, and the log is kept: it tells a run what it has written.
  private static let properties = ["delta.appendOnly": "true", "delta.enableExpiredLogCleanup": "false"]

  private static let sequence = DeltaColumn(name: "_cdc_seq", type: "long")

  private func creation(_ table: DeltaPart.Table, _ days: [String]) throws(OutputError) -> [DeltaAction] {
    var schema = DeltaSchema()
    _ = try schema.add(table.columns, at: folder)
    let metaData = DeltaAction.MetaData(
      id: UUID().uuidString.lowercased(), format: DeltaAction.MetaData.Format(provider: "parquet", options: [:]),
      schemaString: schema.text, partitionColumns: days, configuration: Self.properties,
      createdTime: table.files.first?.modificationTime)
    return [DeltaAction(protocol: snapshot.demands(of: schema)), DeltaAction(metaData: metaData)]
  }
}
