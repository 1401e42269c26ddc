import BinlogParser

/// A log in which a place is looked for.
enum SearchedLog {
  /// A server's, which has these files.
  case server(Replica, files: [String])
  /// That of files on this machine.
  case files(FileSettings)

  /// The files' names, in the order of the log.
  var names: [String] {
    switch self {
    case .server(_, let files): files
    case .files(let settings): settings.files.map(\.name)
    }
  }

  /// A look at `file` from its first event on, and at those after it; it ends with the log.
  func scan<T>(
    from file: String, _ body: (inout LogScan) throws(RunError) -> T
  ) throws(RunError) -> T {
    switch self {
    case .server(let replica, _): try LogScan.run(replica, file, body)
    case .files(let settings): try LogScan.run(settings, file, body)
    }
  }
}
