import BinlogParser

/// Reason for which the reading of a stream ended in order.
package enum SessionEnd: Sendable, Equatable {
  /// Everything up to the end of the range was received.
  case rangeEnd
  /// The server has no more events, or the file ended before the stop position.
  case endOfLog
  /// SIGINT or SIGTERM.
  case stopRequested
  /// The run's time is over.
  case timeOver
  /// The run's time is over, and the pipeline has a part of a transaction whose end has not come.
  case timeOverInTransaction
  /// SIGINT or SIGTERM in an outage, and the pipeline has a part of a transaction whose end has not come.
  case stoppedInTransaction
  /// A stage of the pipeline failed, which it knows why, or has all that is wanted.
  case pipelineStopped
  /// The events received last are not part of the log after all; why.
  case sourceChanged(SourceChange)

  /// Fate of what the pipeline has, and of the run.
  package enum Closing: Sendable, Equatable {
    /// Everything is written, and the run ends.
    case write
    /// Output that is not complete is discarded, and the run ends.
    case abort
    /// Everything is written, and the next stream begins behind it.
    case writeAndRestart
    /// Output that is not complete is discarded, and the next stream begins behind the last that is.
    case discardAndRestart
    /// Everything is written, and the run fails: the log was reset.
    case writeAndFail(file: String)
    /// Output that is not complete is discarded, and the run fails: the log was reset.
    case abortAndFail(file: String)
  }

  /// Decides what becomes of the output.
  ///
  /// - Parameters:
  ///   - writesParts: it goes into parts, each of which is written as a whole or not at all.
  ///   - isWhole: the pipeline has no transaction in part.
  package func closing(writesParts: Bool, isWhole: Bool) -> Closing {
    switch self {
    // Nothing of the lost log can come again: as far as it is complete it is written.
    case .sourceChanged(.logReset(let file)):
      isWhole || !writesParts ? .writeAndFail(file: file) : .abortAndFail(file: file)
    case .sourceChanged: writesParts ? .discardAndRestart : .writeAndRestart
    case .timeOverInTransaction: .abort
    case .stoppedInTransaction: writesParts ? .abort : .write
    default: .write
    }
  }

  /// The reason that the run's outcome gives for this end.
  ///
  /// - Parameters:
  ///   - isBounded: the range has an end.
  ///   - wasAborted: output that was not complete was discarded.
  package func reason(isBounded: Bool, reachedRowLimit: Bool, wasAborted: Bool) -> RunOutcome.Reason {
    if reachedRowLimit { return .limit }
    if self == .stoppedInTransaction { return .stopRequested }
    if wasAborted { return .deadline }
    switch self {
    case .rangeEnd: return isBounded ? .stopPosition : .caughtUp
    case .endOfLog: return .caughtUp
    case .stopRequested, .stoppedInTransaction: return .stopRequested
    case .timeOver, .timeOverInTransaction, .pipelineStopped, .sourceChanged: return .deadline
    }
  }

  /// True if everything was received that the range, or the log, has.
  var isEndOfRangeOrLog: Bool { self == .rangeEnd || self == .endOfLog }
}
