import BinlogParser
import Foundation
import Platform

/// The place up to which everything is safely written: in memory, and in a store where there is one.
///
/// The stage that writes moves it forward; the reader looks at it when the run must begin anew.
public final class Checkpoints: Commit, @unchecked Sendable {
  private let store: (any CheckpointStore)?
  private let server: Checkpoint.Server
  private let firstServer: String
  /// The last one before the run.
  private let last: Checkpoint?
  /// True if the run goes on from it, and not from another place.
  private let goesOn: Bool
  private let lock = NSLock()
  private var boundary: ResumePoint?
  /// The files that became complete last.
  private var files: [Checkpoint.File]
  /// Names of files that may be visible, and that no checkpoint covers: also those of runs that died since the last one that does.
  private var unfinished: [String]
  /// The last part's files in Delta tables, where there are any.
  private var delta: DeltaPart?

  /// Checkpoints of the log of `server`, kept in `store`, the first of them after `last`.
  ///
  /// - Parameter goesOn: false for a run that was told to begin elsewhere than at `last`.
  public init(
    _ store: (any CheckpointStore)?, server: Checkpoint.Server, after last: Checkpoint?, goesOn: Bool = true
  ) {
    self.store = store
    self.server = server
    self.last = last
    self.goesOn = goesOn
    firstServer = last?.identityOfFirstServer ?? server.identity
    files = last?.files ?? []
    unfinished = last?.unfinished ?? []
    delta = last?.delta.map { DeltaPart(doneBy: $0) }
  }

  /// Names of files that runs before this one announced, and did not cover.
  public var takenOver: Set<String> { Set(last?.unfinished ?? []) }

  /// Throws when another run has moved the checkpoint.
  public func check() throws(CheckpointStoreError) { try store?.check() }

  /// True if there is a store.
  public var areKept: Bool { store != nil }

  /// What tells the server's output files from those of the first server: the first letters and digits of its identity, or
  /// nothing for the first server itself. MariaDB's have slashes among them, and a server can say whatever it likes.
  public var serverMark: String {
    guard server.identity != firstServer else { return "" }
    let length = server.hasUUID ? Self.markLength : Self.numberMarkLength
    let mark = server.identity.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(length)
    return mark.isEmpty ? "other" : String(mark)
  }

  private static let markLength = 8
  /// "id" and all digits of a server_id.
  private static let numberMarkLength = 12

  /// A checkpoint of `place`, which need not be safe on disk.
  public func checkpoint(of place: ResumePoint) -> Checkpoint {
    lock.lock()
    defer { lock.unlock() }
    return unlockedCheckpoint(of: place)
  }

  private func unlockedCheckpoint(of place: ResumePoint) -> Checkpoint {
    var checkpoint = Checkpoint(place, server: server, firstServer: firstServer, files: files)
    checkpoint.unfinished = unfinished.isEmpty ? nil : unfinished
    checkpoint.delta = delta
    return checkpoint
  }

  /// The last place; nil as long as nothing was written.
  public var latest: ResumePoint? {
    lock.lock()
    defer { lock.unlock() }
    return boundary
  }

  /// Remembers `place`, up to which everything is written.
  func note(_ place: ResumePoint) {
    lock.lock()
    defer { lock.unlock() }
    boundary = place
  }

  /// Remembers `place`, up to which everything is safe on disk, in the store too; `files` became complete since the last.
  public func commit(_ files: [PublishedFile], at place: ResumePoint) throws(PipelineError) {
    try commit(files, at: place, deciding: nil)
  }

  /// Commits `files`, and keeps `part`, which Delta tables get once this has not thrown.
  func commit(_ files: [PublishedFile], at place: ResumePoint, deciding part: DeltaPart?) throws(PipelineError) {
    lock.withLock {
      unfinished = []
      if !files.isEmpty { self.files = files.map(\.file) }
      if let part { delta = part }
    }
    try store(checkpoint(of: place))
    note(place)
  }

  /// Remembers, in the store too, that the files `names` become visible. Until the next checkpoint is saved, a run that goes on
  /// from the last one removes them: it may cut its parts elsewhere, and then not replace them all.
  ///
  /// No two announcements are in the same words, even of the same names from the same place. A store tells documents by their
  /// contents, and would take a checkpoint that a run which died sent, and that comes late, for the one behind this.
  ///
  /// - Parameter start: where the run began, for a run that has no checkpoint to go on from. One that was told to begin
  ///   elsewhere moves the checkpoint there: files of the same names may be covered by the one that it passes over.
  /// - Throws: also when another run has moved the checkpoint: what is published now could take the place of that run's files.
  public func prepare(_ names: [String], start: ResumePoint) throws(PipelineError) {
    let checkpoint = lock.withLock {
      let known = Set(unfinished)
      unfinished += names.filter { !known.contains($0) }
      // A run by GTID that began anew before its first transaction knows no place for a checkpoint.
      guard boundary == nil, goesOn, var last, !last.binlogFile.isEmpty else {
        return unlockedCheckpoint(of: boundary ?? start)
      }
      last.unfinished = unfinished
      last.delta = delta
      return last
    }
    do { try check() } catch { throw .checkpoint(error) }
    try store(checkpoint.claimed)
  }

  /// The last part that Delta tables got.
  var lastDeltaPart: DeltaPart? { lock.withLock { delta } }

  /// Notes that all Delta tables have the last part: later checkpoints need not keep what it brought.
  func finishDeltaPart() { lock.withLock { delta = delta.map { DeltaPart(doneBy: $0) } } }

  private func store(_ checkpoint: Checkpoint) throws(PipelineError) {
    do { try store?.save(checkpoint.encoded) } catch { throw .checkpoint(error) }
  }
}
