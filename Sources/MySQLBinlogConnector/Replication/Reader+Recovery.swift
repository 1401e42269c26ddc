import BinlogParser
import MySQLWire
import Pipeline
import Platform

extension Reader {
  /// Does what `SessionState` decides about `error`: takes the stream up again, or ends it.
  ///
  /// - Returns: why the reading ends; nil where it goes on.
  /// - Throws: `error` when it ends the run.
  mutating func recover(from error: RunError) throws(RunError) -> SessionEnd? {
    // What a stage found wrong lies before the place to which the reader came.
    guard !pipeline.isClosed else { return .pipelineStopped }
    switch state.decide(after: error, mayRetry: reconnector?.mayHelp(after: error) == true) {
    case .endWait: return try finish(state.endInWait(demand))
    case .fail(let extent):
      guard try hand(extent) else { return .pipelineStopped }
      throw error
    case .retry:
      guard handWholeTransactions() else { return .pipelineStopped }
      guard let reconnector else { throw error }
      return try reconnect(reconnector, after: error)
    }
  }

  /// Takes the stream up again at the last boundary. What came of the transaction behind it was dropped, or is skipped when
  /// it comes again, if the pipeline has it already.
  private mutating func reconnect(
    _ reconnector: Reconnector, after error: RunError
  ) throws(RunError) -> SessionEnd? {
    reconnector.end(source)
    // A stop signal does not wait for the network. A run whose time ends soon may still receive the rest of a transaction
    // of which the pipeline has a part.
    reconnector.interrupt.isHeld = timeLimit != nil && state.skipUntil != nil
    if Signals.stopRequested { return endInOutage() }
    switch try reconnector.resume(from: state.nextStart, after: error) {
    case .resumed(let dump):
      resume(on: dump)
      return nil
    case .interrupted: return endInOutage()
    case .otherServer(let server): return .sourceChanged(.otherServer(server))
    }
  }

  /// The end of the reading in an outage, after a stop signal or when something else ended the wait.
  private func endInOutage() -> SessionEnd { pipeline.isClosed ? .pipelineStopped : state.endInOutage(demand) }

  private mutating func resume(on dump: Replica.Dump) {
    source = .server(dump.connection)
    state.resumed()
    stream = source.stream(at: state.nextStart.position, checksum: dump.checksum)
    renewChunk()
    if state.skipUntil != nil { completeFrameCount = nil }
  }

  /// The error of a dump that has just ended before the log did; nil where the log is at its end.
  var cutDump: RunError? {
    guard case .server(let connection) = source, let reconnector, reconnector.wasCut(at: stream.position) else {
      return nil
    }
    return .wire(connection.dumpWasCut, reached: state.reached)
  }

  /// The error of a dump that has to begin behind `frame`, its first event, and can be had there.
  func unreadable(from frame: EventFrame, _ file: String) -> RunError {
    var error = BinlogError(.startsAtEncryption)
    error.file = file
    error.position = frame.start
    error.eventType = frame.header.type
    return .binlog(error)
  }
}
