import Pipeline

/// Knowledge from earlier runs, and from the earlier streams of this one, with which the next stream begins.
struct ResumeState {
  /// Start of the first stream; nil where the configuration says it.
  let start: Checkpoint?
  /// The last checkpoint, even if the run begins elsewhere.
  let known: Checkpoint?
  /// True if this run has streamed before.
  var hasStreamed = false
  /// True if it has then received complete transactions behind `start`, which were discarded.
  var hasUnwritten = false

  /// True if the run begins at the last checkpoint, if there is one.
  var beginsAtKnown: Bool {
    guard let start, let known else { return known == nil }
    return start.position == known.position && start.server.isSame(as: known.server)
  }
}
