import BinlogParser

/// A log in which a place is looked for.
enum SearchedLog {
  /// That of the server which said `ServerFacts` of itself.
  case server(Replica, ServerFacts)
  /// That of files on this machine.
  case files(FileSettings)

  /// The files' names, in the order of the log.
  var names: [String] {
    switch self {
    case .server(_, let facts): facts.binlogs?.map(\.name) ?? []
    case .files(let settings): settings.files.map(\.name)
    }
  }

  /// A look at `file` from its first event on, and at those after it; it ends with the log.
  func scan<T>(
    from file: String, _ body: (inout LogScan) throws(RunError) -> T
  ) throws(RunError) -> T {
    switch self {
    case .server(let replica, let facts): try LogScan.run(replica, facts, file, body)
    case .files(let settings): try LogScan.run(settings, file, body)
    }
  }
}
