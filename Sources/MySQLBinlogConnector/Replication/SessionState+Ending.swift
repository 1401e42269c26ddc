import BinlogParser

extension SessionState {
  /// Decides whether the reading ends here, because the world demands it; nil to go on.
  ///
  /// A stop signal waits for the end of the transaction that is coming in, and the end of the time does not.
  package func end(_ demand: SessionDemand) -> OrderedEnd? {
    if isBetweenTransactions {
      if demand.isStopRequested { return OrderedEnd(.stopRequested, handing: .everything) }
      return demand.phase > .running ? OrderedEnd(.timeOver, handing: .everything) : nil
    }
    guard demand.phase == .over else { return nil }
    return OrderedEnd(hasPartInPipeline ? .timeOverInTransaction : .timeOver, handing: .wholeTransactions)
  }

  /// Decides how the reading ends when something ended the wait for an event.
  package func endInWait(_ demand: SessionDemand) -> OrderedEnd {
    end(demand) ?? OrderedEnd(.stopRequested, handing: isHolding ? .wholeTransactions : .everything)
  }

  /// Decides how the reading ends when something ended an outage. What is complete was handed over before.
  package func endInOutage(_ demand: SessionDemand) -> SessionEnd {
    end(demand)?.end ?? (skipUntil == nil ? .stopRequested : .stoppedInTransaction)
  }

  /// True if the log is over before the range is.
  package var isShortOfRange: Bool {
    !scope.range.isCovered(by: reached) && scope.timeStop?.isPassed(by: reached) != true
  }

  /// Decides how the reading ends where the source has no more events. A transaction that is open there has no end.
  package var endOfSource: OrderedEnd {
    let end: SessionEnd = !scope.isBounded || !isShortOfRange ? .rangeEnd : .endOfLog
    return OrderedEnd(end, handing: isHolding ? .wholeTransactions : .everything)
  }

  /// True if a dump that ended here may have been cut. A stream by GTID may end behind transactions that are not sent, as
  /// long as it has got none.
  package var mayBeCut: Bool { scope.source == .server && isShortOfRange && !nextStart.isByGTID }

  /// Decides what follows from `error`.
  ///
  /// - Parameter mayRetry: it makes sense to take the stream up again.
  package func decide(after error: RunError, mayRetry: Bool) -> FailureDecision {
    if error.isInterruption { return .endWait }
    if mayRetry { return .retry }
    // When the log is gone, no run will see it again, and what is complete of it must be written without the transaction
    // that is not.
    if error.isAboutMissingLog { return .fail(handing: .wholeTransactions) }
    guard isHolding else { return .fail(handing: .everything) }
    // A transaction of a server that does not answer comes again. Before damage, what came is all that can be had.
    guard case .binlog = error else { return .fail(handing: .wholeTransactions) }
    return .fail(handing: .everything)
  }

  private var hasPartInPipeline: Bool { skipUntil != nil || handedPart != nil }
}
