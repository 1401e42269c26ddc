import BinlogParser
import Bytes
import Pipeline

/// Transactions that the log takes back, or has no end of: nothing of one leaves the reader before its fate is known.
///
/// From a server such a transaction waits, in memory and then in a file. In a file the reader looks ahead.
extension Reader {
  /// Hands over what may be handed over; what must wait stays, in the chunk as long as that is not full.
  ///
  /// - Returns: false when nobody takes it any more.
  mutating func pass(isFull: Bool) throws(RunError) -> Bool {
    guard state.isHolding else { return handChunk() }
    if case .files(let files) = source {
      try lookAhead(files)
      return state.isHolding ? try dropTransactionOfFile(files) : handChunk()
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
    return give(full, upTo: state.boundary)
  }

  /// Hands over the chunks that waited for the end of the transaction, now that it is known.
  mutating func handHeld() throws(RunError) -> Bool {
    var base = numberOfFirstEvent - held.frameCount
    while let full = try held.next(pipeline) {
      base += full.frames.count
      mark(full, base - full.frames.count, state.undoneAhead ?? state.transactions.undone)
      guard give(full, upTo: state.reached) else { return false }
    }
    return true
  }

  /// The number in the open transaction, or the one that has just ended, of the chunk's first event.
  private var numberOfFirstEvent: Int {
    state.transactions.undone.eventCount - rollbacks.uncountedEventCount - chunk.frames.count
  }

  /// Marks what the open transaction takes back in the chunk, which ends with its last event so far.
  mutating func markUndone() { markUndone(state.undoneAhead ?? state.transactions.undone) }

  /// Marks `undone` in the chunk, which ends with the last event so far of the transaction that takes it back.
  mutating func markUndone(_ undone: UndoneEvents) { mark(chunk, numberOfFirstEvent, undone) }

  private mutating func mark(_ chunk: EventChunk, _ base: Int, _ undone: UndoneEvents) {
    for range in undone.ranges(in: max(base, 0)..<max(base + chunk.frames.count, 0)) {
      rollbacks.events += chunk.markRolledBack(range.lowerBound - base..<range.upperBound - base)
    }
  }

  // MARK: Transactions without an end

  /// Looks in the file how the open transaction ends.
  private mutating func lookAhead(_ files: BinlogFileSource) throws(RunError) {
    var ahead = state.transactions.withoutIDs
    let outcome: TransactionLookahead.Outcome
    do { outcome = try files.lookAhead(&ahead, stream) } catch { throw RunError(error) }
    switch outcome {
    case .end, .unreadable: state.foresee(ahead.undone)
    case .noEnd: if files.isRelayLog, !files.mayGrow { state.foresee(ahead.undone) }
    }
  }

  /// Passes over the rest of a file whose last transaction has no end.
  private mutating func dropTransactionOfFile(_ files: BinlogFileSource) throws(RunError) -> Bool {
    warnOfOpenTransaction()
    do { try files.skipRest(&chunk.bytes) } catch { throw RunError(error) }
    return handWholeTransactions()
  }

  /// Says that the open transaction, which has no end in the log, is left out.
  func warnOfOpenTransaction() {
    if case .files(let files) = source, files.mayGrow {
      log.warning("the transaction at \(state.boundary) is not complete yet: its rows are left out until it is")
    } else {
      log.warning("\(SourceChange.incompleteTransaction(state.boundary)); its rows are left out")
    }
  }

  /// The next file begins: the open transaction has no end, except in a relay log, where it may go on there.
  mutating func endFileInTransaction() {
    guard state.isHolding else { return }
    if case .files(let files) = source, files.endedRelayLog { return }
    warnOfOpenTransaction()
    chunk.keep(completeFrameCount ?? 0)
    state.forgetOpenTransaction()
  }

  // MARK: The end of the range

  /// Ends the reading behind the last event of the range, which may lie within a transaction: then its end decides too.
  ///
  /// - Parameter isBeyond: the event that came last is not part of it.
  mutating func endRange(_ end: SessionEnd, isBeyond: Bool) throws(RunError) -> SessionEnd {
    guard state.isHolding else {
      if !held.isEmpty, try !handHeld() { return .pipelineStopped }
      return try hand(.everything) ? end : .pipelineStopped
    }
    let isGood: Bool
    if case .files(let files) = source {
      rollbacks.uncountedEventCount = isBeyond ? 1 : 0
      try lookAhead(files)
      isGood = !state.isHolding
    } else {
      isGood = try readOn(isBeyond: isBeyond)
    }
    guard isGood else {
      warnOfOpenTransaction()
      return handWholeTransactions() ? end : .pipelineStopped
    }
    markUndone()
    guard try handHeld() else { return .pipelineStopped }
    return chunk.frames.isEmpty || handChunk() ? end : .pipelineStopped
  }

  /// Reads up to the end of the open transaction without keeping anything; false when it has none.
  private mutating func readOn(isBeyond: Bool) throws(RunError) -> Bool {
    var ahead = state.transactions.withoutIDs
    let count = ahead.undone.eventCount - (isBeyond ? 1 : 0)
    while !ahead.isOutside {
      guard case .event(let offset, let size, _) = try source.next(&chunk.bytes, reached: state.reached) else {
        return false
      }
      defer { chunk.bytes.truncate(to: offset) }
      do {
        let frame = try chunk.frame(at: offset, count: size, &stream)
        guard frame.header.type != .formatDescription || frame.isOutsideOfFile else { return false }
        try chunk.track(frame, &ahead, stream.format)
      } catch {
        throw .binlog(error)
      }
    }
    state.foresee(ahead.undone)
    rollbacks.uncountedEventCount = state.transactions.undone.eventCount - count
    return true
  }
}
