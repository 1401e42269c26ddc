import BinlogParser

/// Makes files part of an output exactly once, together with the place behind them.
///
/// Files become visible between `prepare` and `commit`. What a run prepared and did not commit, the next one removes before it
/// writes (`Session.recover`), because it may cut its parts elsewhere.
public protocol Commit: AnyObject, Sendable {
  /// Keeps the names of files that become visible now.
  ///
  /// - Parameter start: start of the run.
  /// - Throws: `PipelineError` when the names cannot be kept, or another run has taken over: nothing may become visible then.
  func prepare(_ names: [String], start: ResumePoint) throws(PipelineError)

  /// Makes the visible `files` part of the output: the next run reads on at `place`.
  ///
  /// - Throws: `PipelineError` when that cannot be kept.
  func commit(_ files: [PublishedFile], at place: ResumePoint) throws(PipelineError)
}
