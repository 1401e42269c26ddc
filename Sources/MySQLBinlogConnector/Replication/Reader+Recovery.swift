import BinlogParser
import MySQLWire
import Pipeline
import Platform

extension Reader {
  /// Takes the stream up again at the last boundary, if that may help. What was received of the transaction behind it is
  /// dropped, or passed over when it comes again, if the pipeline has it already.
  ///
  /// - Returns: why the run ends in place of it, or nil.
  /// - Throws: `error` when it does not help.
  mutating func recover(from error: RunError) throws(RunError) -> End? {
    // What a stage found wrong lies before the place to which the reader came.
    guard !pipeline.isClosed else { return .pipelineStopped }
    guard let reconnector, reconnector.mayHelp(after: error) else {
      guard try handWhatIsGood(before: error) else { return .pipelineStopped }
      throw error
    }
    guard handCompleteTransactions() else { return .pipelineStopped }
    reconnector.end(source)
    // A stop signal does not wait for the network. A run whose time ends soon may still receive the rest of a transaction
    // of which the pipeline has a part.
    reconnector.interrupt.isHeld = timeLimit != nil && skipUntil != nil
    if Signals.stopRequested { return endInOutage() }
    switch try reconnector.resume(from: nextStart, after: error) {
    case .resumed(let dump):
      go(on: dump)
      return nil
    case .interrupted: return endInOutage()
    case .otherServer(let server): return .sourceChanged(.otherServer(server))
    }
  }

  /// The error of a dump that has just ended before the log did; nil where the log is at its end. A stream by GTID may end
  /// behind transactions that are not sent, as long as it has got none.
  var cutDump: RunError? {
    guard case .server(let connection) = source, let reconnector, !nextStart.isByGTID,
      reconnector.wasCut(at: stream.position)
    else { return nil }
    return .wire(connection.dumpWasCut, reached: reached)
  }

  /// The error of a dump that has to begin behind `frame`, its first event, and can be had there.
  func unreadable(from frame: EventFrame, _ file: String) -> RunError {
    var error = BinlogError(.startsAtEncryption)
    error.file = file
    error.position = frame.start
    error.eventType = frame.header.type
    return .binlog(error)
  }

  /// Hands over what came before `error`, which ends the run: rows before a damaged event are good. When the log is gone,
  /// no run will see it again, and what is complete of it must be written without the transaction that is not.
  private mutating func handWhatIsGood(before error: RunError) throws(RunError) -> Bool {
    if error.isAboutMissingLog { return handCompleteTransactions() }
    if isHolding {
      // A transaction of a server that does not answer comes again. Before damage, what came is all that can be had.
      guard case .binlog = error else { return handCompleteTransactions() }
      markUndone()
      guard try handHeld() else { return false }
    }
    return chunk.frames.isEmpty || hand()
  }

  /// Why the reading ends in an outage, after a stop signal or when something else ended the wait.
  private mutating func endInOutage() -> End {
    if pipeline.isClosed { return .pipelineStopped }
    return requestedEnd() ?? (skipUntil == nil ? .stopRequested : .stoppedInTransaction)
  }

  /// Drops what came of an open transaction, and hands over what came before it.
  mutating func handCompleteTransactions() -> Bool {
    if isHolding || !held.isEmpty {
      dropHeldTransaction()
    } else {
      if skipUntil == nil, let submitted, submitted != boundary, completeFrameCount == nil { skipUntil = submitted }
      chunk.keep(completeFrameCount ?? 0)
    }
    undoneAhead = nil
    transactions.forgetOpenTransaction()
    reached = boundary
    return chunk.frames.isEmpty || hand()
  }

  private mutating func dropHeldTransaction() {
    guard let complete = held.drop(pipeline) else { return chunk.keep(completeFrameCount ?? 0) }
    pipeline.discard(chunk)
    chunk = complete
  }

  private mutating func go(on dump: Replica.Dump) {
    source = .server(dump.connection)
    if nextStart.isByGTID { forgetPosition() }
    stream = source.stream(at: nextStart.position, checksum: dump.checksum)
    renewChunk()
    if skipUntil != nil { completeFrameCount = nil }
  }
}
