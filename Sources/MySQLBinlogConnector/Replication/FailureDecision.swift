/// Decision about an error.
package enum FailureDecision: Equatable, Sendable {
  /// Something ended the wait for the next event.
  case endWait
  /// The stream is taken up again at `SessionState.nextStart`.
  case retry
  /// The run fails.
  case fail(handing: HandedExtent)
}
