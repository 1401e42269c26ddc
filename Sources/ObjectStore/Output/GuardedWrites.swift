import Platform
import Synchronization

/// The way in which finished objects are written: never in place of one that came meanwhile.
///
/// A store may carry out a request long after the run that sent it was killed. So each write names what it expects under its
/// key: nothing (If-None-Match), or the very object that was found there (If-Match), which is looked at before the
/// checkpoint is. A run that takes over first moves the checkpoint, and then leaves an object of its own under each name that is not
/// covered: after that no write of the run before it holds any more, whether it was sent before or comes to be sent later.
///
/// See <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>. A store that does not know conditions writes in
/// any case.
final class GuardedWrites: Sendable {
  let client: S3Client
  private let mayReplace: @Sendable () throws(OutputError) -> Void
  private let warn: @Sendable (String) -> Void
  private let areConditionsTaken = Atomic(true)
  /// True once the store has refused to write where an object is.
  private let areConditionsProven = Atomic(false)

  /// How often an object may change between a look at it and the write.
  private static let roundLimit = 5

  /// Writes with `client`.
  ///
  /// - Parameters:
  ///   - mayReplace: throws when another run has taken over.
  ///   - warn: takes what the user should know.
  init(
    _ client: S3Client, mayReplace: @escaping @Sendable () throws(OutputError) -> Void,
    warn: @escaping @Sendable (String) -> Void
  ) {
    self.client = client
    self.mayReplace = mayReplace
    self.warn = warn
  }

  /// Writes the object at `uri`.
  ///
  /// - Parameters:
  ///   - looksFirst: whether to see what is there before the first attempt: some stores end an upload whose condition does not
  ///     hold.
  ///   - isOwn: whether what was found is what was to be written: the answer to an earlier attempt was lost on its way.
  ///   - send: makes one attempt.
  func write(
    _ uri: S3URI, looksFirst: Bool = false, isOwn: (S3Client.Head) -> Bool,
    _ send: (S3Client.Condition) throws(S3Error) -> Void
  ) throws(OutputError) {
    var condition = try looksFirst ? self.condition(at: uri) : .isAbsent
    var round = 1
    while true {
      let failure: S3Error
      do throws(S3Error) {
        return try send(areConditionsTaken.load(ordering: .relaxed) ? condition : .none)
      } catch let error {
        failure = error
      }
      if failure.status == 501, areConditionsTaken.exchange(false, ordering: .relaxed) {
        warnOfConditions()
        continue
      }
      guard failure.isConflict || failure.isGone, round < Self.roundLimit else { throw OutputError(failure) }
      round += 1
      let found = try asOutput { () throws(S3Error) in try client.head(uri) }
      if let found, isOwn(found) { return }
      // An upload that was completed or aborted cannot be tried again.
      if failure.code == "NoSuchUpload" { throw OutputError(failure) }
      condition = try self.condition(inPlaceOf: found)
    }
  }

  /// The condition of a write to `uri` as it is now. Who may not see whether an object is there learns it from the write.
  private func condition(at uri: S3URI) throws(OutputError) -> S3Client.Condition {
    let found: S3Client.Head?
    do { found = try client.head(uri) } catch {
      guard error.status == 403 else { throw OutputError(error) }
      return .isAbsent
    }
    return try condition(inPlaceOf: found)
  }

  /// The checkpoint is looked at last: a run that has taken over by then has not touched the object yet, or will be noticed.
  private func condition(inPlaceOf found: S3Client.Head?) throws(OutputError) -> S3Client.Condition {
    guard let found else { return .isAbsent }
    try mayReplace()
    return .isUnchanged(eTag: found.eTag)
  }

  /// True if the store keeps conditions: it must refuse to write `body` to `uri`, where an object is, as a new one.
  func areKept(at uri: S3URI, _ body: [UInt8], contentType: String) throws(OutputError) -> Bool {
    do throws(S3Error) {
      try client.put(uri, body, contentType: contentType, mark: Nonce.make(), condition: .isAbsent)
      return false
    } catch {
      guard error.isConflict || error.status == 501 else { throw OutputError(error) }
      return error.isConflict
    }
  }

  /// Writes an object to `uri` unless there is one; returns false if there is.
  ///
  /// - Throws: `OutputError` also for a store that would write in any case. The first object shows it: it is written a second time.
  func createIfAbsent(_ uri: S3URI, _ body: [UInt8], contentType: String) throws(OutputError) -> Bool {
    let mark = Nonce.make()
    do throws(S3Error) {
      try client.put(uri, body, contentType: contentType, mark: mark, condition: .isAbsent)
    } catch {
      guard error.status != 501 else { throw Self.unconditional(uri) }
      guard error.isConflict else { throw OutputError(error) }
      areConditionsProven.store(true, ordering: .relaxed)
      // The answer to an earlier attempt may have been lost on its way, and then the object is ours.
      guard error.attempts > 1 else { return false }
      let found = try asOutput { () throws(S3Error) in try client.get(uri) }
      return found.map { $0.mark == mark || $0.bytes == body } ?? false
    }
    guard !areConditionsProven.load(ordering: .relaxed) else { return true }
    guard try areKept(at: uri, body, contentType: contentType) else { throw Self.unconditional(uri) }
    areConditionsProven.store(true, ordering: .relaxed)
    return true
  }

  private static func unconditional(_ uri: S3URI) -> OutputError {
    OutputError(
      "the store would write \(uri) in place of another one's: it does not keep the condition If-None-Match",
      advice:
        "use a store that does, or leave table_format out: two writers of a Delta table would lose each other's rows")
  }

  /// Says what a store without conditions cannot do.
  func warnOfConditions() {
    warn(
      "the store does not keep the conditions of writes (If-None-Match, If-Match): what a run that was killed has sent may "
        + "still come, and change the output; wait for a quarter of an hour after a kill before the next run")
  }
}

/// Runs `body`, whose errors are those of output.
private func asOutput<Value>(_ body: () throws(S3Error) -> Value) throws(OutputError) -> Value {
  do { return try body() } catch { throw OutputError(error) }
}
