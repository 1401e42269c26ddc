import BinlogParser
import Foundation
import ParquetWriter
import Platform

/// Makes files part of Delta tables, each exactly once.
///
/// 1. Files appear in the folders of their tables. No log names them yet, and no reader of the tables sees them.
/// 2. The checkpoint moves behind them. It keeps what the log of each table must get: from here on the part counts.
/// 3. Each table's log gets the files, with the checkpoint's identity and the number of the part (`txn`).
///
/// A run that dies before 2 has changed no table, and its files are replaced. After 2 the next run begins with what the checkpoint
/// keeps: it looks into each log, and adds the part where the log does not have it.
final class DeltaCommit: Commit, @unchecked Sendable {
  private let checkpoints: Checkpoints
  private let store: any OutputStore
  private let writer: ApplicationVersion
  private let application: String
  private var number: Int64
  private var logs: [String: DeltaLog] = [:]

  /// Commits to tables in `store`, beside `checkpoints`; the logs name the `writer`.
  init(_ checkpoints: Checkpoints, in store: any OutputStore, writer: ApplicationVersion) {
    self.checkpoints = checkpoints
    self.store = store
    self.writer = writer
    application = checkpoints.lastDeltaPart?.application ?? "mysql-binlog-connector-\(UUID().uuidString.lowercased())"
    number = checkpoints.lastDeltaPart?.number ?? 0
  }

  func prepare(_ names: [String], start: ResumePoint) throws(PipelineError) {
    try checkpoints.prepare(names, start: start)
  }

  func commit(_ files: [PublishedFile], at place: ResumePoint) throws(PipelineError) {
    guard !files.isEmpty else { return try checkpoints.commit(files, at: place) }
    number += 1
    let part = DeltaPart(files, application: application, number: number, time: Self.now)
    do throws(OutputError) { try check(part) } catch { throw .file(error) }
    try checkpoints.commit(files, at: place, deciding: part)
    do throws(OutputError) { try write(part) } catch { throw .file(error) }
    checkpoints.finishDeltaPart()
  }

  /// Adds `part`, which a run before this one has decided, to the logs that do not have it.
  func complete(_ part: DeltaPart) throws(OutputError) { try write(part) }

  /// Throws where a log cannot take the part, or has it before it was decided: the checkpoint is an old one then.
  private func check(_ part: DeltaPart) throws(OutputError) {
    for table in part.tables {
      let log = try log(table.folder)
      try log.check(table)
      guard let last = log.snapshot.part(of: part.application), last >= part.number else { continue }
      throw .delta(
        table.folder, "has part \(last) of this checkpoint already, and the checkpoint knows \(part.number - 1) parts",
        advice:
          "put the newest checkpoint back, or begin anew in an empty folder: the one at hand would write rows twice")
    }
  }

  private func write(_ part: DeltaPart) throws(OutputError) {
    for table in part.tables {
      var log = try log(table.folder)
      _ = try log.commit(table, application: part.application, number: part.number, time: Self.now)
      logs[table.folder] = log
    }
  }

  private func log(_ folder: String) throws(OutputError) -> DeltaLog {
    if let log = logs[folder] { return log }
    let log = try DeltaLog(folder, in: store, writer: writer)
    logs[folder] = log
    return log
  }

  /// Milliseconds since 1970.
  private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}

extension Checkpoint {
  /// Adds what the checkpoint decided to those Delta tables whose logs do not have it.
  ///
  /// - Throws: `OutputError` where a log cannot be read or written.
  public func completeDeltaTables(in store: any OutputStore, writer: ApplicationVersion) throws(OutputError) {
    guard let delta, !delta.isDone else { return }
    let checkpoints = Checkpoints(nil, server: server, after: self)
    try DeltaCommit(checkpoints, in: store, writer: writer).complete(delta)
  }
}
