import BinlogParser
import Bytes
import Pipeline

/// Transactions that the log takes back, or has no end of: nothing of one leaves the reader before its fate is known.
///
/// From a server such a transaction waits, in memory and then in a file. In a file the reader looks ahead.
extension Reader {
  /// True if what came of the open transaction must wait, because its end may take it back.
  var isHolding: Bool {
    guard transactions.isInTransaction, skipUntil == nil, undoneAhead == nil, !isInIncompleteTransaction else {
      return false
    }
    return switch source {
    case .server: transactions.mayRollBack
    case .files: true
    }
  }

  /// Hands over what may be handed over; what must wait stays, in the chunk as long as that is not full.
  ///
  /// - Returns: false when nobody takes it any more.
  mutating func pass(isFull: Bool) throws(RunError) -> Bool {
    guard isHolding else { return hand() }
    if case .files(let files) = source {
      try lookAhead(files)
      return isHolding ? try dropTransactionOfFile(files) : hand()
    }
    guard !pipeline.isClosed else { return false }
    guard isFull else { return handBeforeOpenTransaction() }
    let completeCount = completeFrameCount ?? 0
    let full = renewChunk()
    try held.add(full, stream, completeFrameCount: completeCount, pipeline)
    return true
  }

  /// Hands over what is complete of the chunk, because the next event may be long in coming.
  private mutating func handBeforeOpenTransaction() -> Bool {
    guard held.isEmpty, let completeFrameCount, completeFrameCount > 0 else { return true }
    let full = chunk
    chunk = pipeline.chunk(of: full.file)
    full.moveEvents(from: completeFrameCount, to: chunk)
    self.completeFrameCount = 0
    return give(full, upTo: boundary)
  }

  /// Hands over the chunks that waited for the end of the transaction, now that it is known.
  mutating func handHeld() throws(RunError) -> Bool {
    var base = numberOfFirstEvent - held.frameCount
    while let full = try held.next(pipeline) {
      base += full.frames.count
      mark(full, base - full.frames.count)
      guard give(full, upTo: reached) else { return false }
    }
    return true
  }

  /// The number in the open transaction, or the one that has just ended, of the chunk's first event.
  private var numberOfFirstEvent: Int { transactions.undone.eventCount - uncountedEventCount - chunk.frames.count }

  /// Marks what the transaction takes back in the chunk, which ends with its last event so far.
  mutating func markUndone() { mark(chunk, numberOfFirstEvent) }

  private mutating func mark(_ chunk: EventChunk, _ base: Int) {
    let undone = undoneAhead ?? transactions.undone
    for range in undone.ranges(in: max(base, 0)..<max(base + chunk.frames.count, 0)) {
      rolledBack.events += chunk.markRolledBack(range.lowerBound - base..<range.upperBound - base)
    }
  }

  /// Notes that a transaction ended which took back some or all of what it did.
  mutating func noteRollback() {
    markUndone()
    rolledBack.transactions += 1
    log.debug("the transaction at \(boundary) was rolled back, or a part of it: its rows are left out")
  }

  // MARK: Transactions without an end

  /// Looks in the file how the open transaction ends.
  private mutating func lookAhead(_ files: BinlogFileSource) throws(RunError) {
    var ahead = transactions.withoutIDs
    let outcome: TransactionLookahead.Outcome
    do { outcome = try files.lookAhead(&ahead, stream.format) } catch { throw RunError(error) }
    switch outcome {
    case .end, .unreadable: undoneAhead = ahead.undone
    case .noEnd: if files.isRelayLog, !files.mayGrow { undoneAhead = ahead.undone }
    }
  }

  /// Passes over the rest of a file whose last transaction has no end.
  private mutating func dropTransactionOfFile(_ files: BinlogFileSource) throws(RunError) -> Bool {
    warnOfOpenTransaction()
    do { try files.skipRest(&chunk.bytes) } catch { throw RunError(error) }
    return handCompleteTransactions()
  }

  /// Says that the open transaction, which has no end in the log, is left out.
  func warnOfOpenTransaction() {
    if case .files(let files) = source, files.mayGrow {
      log.warning("the transaction at \(boundary) is not complete yet: its rows are left out until it is")
    } else {
      log.warning("\(SourceChange.incompleteTransaction(boundary)); its rows are left out")
    }
  }

  /// The next file begins: the open transaction has no end, except in a relay log, where it may go on there.
  mutating func endFileInTransaction() {
    guard isHolding else { return }
    if case .files(let files) = source, files.endedRelayLog { return }
    warnOfOpenTransaction()
    chunk.keep(completeFrameCount ?? 0)
    transactions.forgetOpenTransaction()
  }

  // MARK: The end of the range

  /// Ends the reading behind the last event of the range, which may lie within a transaction: then its end decides too.
  ///
  /// - Parameter isBeyond: the event that came last is not part of it.
  mutating func endRange(_ end: End, isBeyond: Bool) throws(RunError) -> End {
    guard isHolding else {
      if !held.isEmpty, try !handHeld() { return .pipelineStopped }
      return submit(end)
    }
    let isGood: Bool
    if case .files(let files) = source {
      uncountedEventCount = isBeyond ? 1 : 0
      try lookAhead(files)
      isGood = !isHolding
    } else {
      isGood = try readOn(isBeyond: isBeyond)
    }
    guard isGood else {
      warnOfOpenTransaction()
      return handCompleteTransactions() ? end : .pipelineStopped
    }
    markUndone()
    guard try handHeld() else { return .pipelineStopped }
    return chunk.frames.isEmpty || hand() ? end : .pipelineStopped
  }

  /// Reads up to the end of the open transaction without keeping anything; false when it has none.
  private mutating func readOn(isBeyond: Bool) throws(RunError) -> Bool {
    var ahead = transactions.withoutIDs
    let count = ahead.undone.eventCount - (isBeyond ? 1 : 0)
    while !ahead.isOutside {
      guard case .event(let offset, let size, _) = try source.next(&chunk.bytes, reached: reached) else { return false }
      defer { chunk.bytes.truncate(to: offset) }
      do {
        let frame = try chunk.frame(at: offset, count: size, &stream)
        guard frame.header.type != .formatDescription || frame.isOutsideOfFile else { return false }
        try chunk.track(frame, &ahead, stream.format)
      } catch {
        throw .binlog(error)
      }
    }
    undoneAhead = ahead.undone
    uncountedEventCount = transactions.undone.eventCount - count
    return true
  }
}
