import Platform

extension OutputError {
  /// A Delta table's log has something that this program cannot go on from; `place` is the log's file or the table's folder.
  static func delta(_ place: String, _ what: String, advice: String) -> OutputError {
    OutputError("the Delta table at \(place) \(what)", advice: advice)
  }
}
