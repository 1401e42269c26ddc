import BinlogParser
import Bytes
import MySQLWire
import Pipeline

/// Where the reader's events come from.
enum EventSource {
  /// A dump that has begun.
  case server(Connection)
  /// Files on this machine.
  case files(BinlogFileSource)

  /// What comes next.
  enum Step {
    /// A whole event, `offset` bytes into the chunk; with `isFormat` the format of the file, from before its start.
    case event(offset: Int, count: Int, isFormat: Bool)
    /// Another file begins; the notice is about the end of the one before.
    case file(BinlogPosition, notice: BinlogFileProblem?)
    /// There is no more, or the last event of a file in use is not whole yet.
    case end(cut: BinlogFileProblem?)
  }

  /// Reads the next event into `buffer`.
  ///
  /// - Throws: `RunError`; `reached` is for its message.
  func next(_ buffer: inout OutputBuffer, reached: BinlogPosition) throws(RunError) -> Step {
    switch self {
    case .server(let connection):
      let offset = buffer.count
      do {
        guard case .event(let count) = try connection.nextEvent(appendingTo: &buffer) else { return .end(cut: nil) }
        return .event(offset: offset, count: count, isFormat: false)
      } catch {
        throw .wire(error, reached: reached)
      }
    case .files(let files):
      do {
        switch try files.next(&buffer) {
        case .file(let name, let position, let notice):
          return .file(BinlogPosition(file: name, offset: position), notice: notice)
        case .format(let offset, let count): return .event(offset: offset, count: count, isFormat: true)
        case .event(let offset, let count): return .event(offset: offset, count: count, isFormat: false)
        case .end(let cut): return .end(cut: cut)
        }
      } catch {
        throw RunError(error)
      }
    }
  }

  /// True if `next` may have to wait for the server.
  func mayWait() -> Bool {
    switch self {
    case .server(let connection): !connection.hasBufferedEvent()
    case .files: false
    }
  }

  /// Moves what was read beyond the last event from one chunk to the next.
  func carry(from full: EventChunk, to next: EventChunk) {
    if case .files(let files) = self { files.carry(from: full, to: next) }
  }

  /// The stream of the events from `start` on; `checksum` is what the server was asked for.
  func stream(at start: BinlogPosition, checksum: EventChecksum) -> EventFramer {
    switch self {
    case .server: EventFramer(at: start, checksum: checksum)
    case .files: EventFramer(ofFileAt: start)
    }
  }
}

extension RunError {
  /// The error of a file that cannot be read on.
  init(_ error: BinlogFileError) {
    switch error {
    case .binlog(let error): self = .binlog(error)
    case .system(let error): self = .input(error)
    }
  }

  /// The error of the file at `path` that cannot be opened, or is no binlog.
  init(opening error: BinlogFileError, _ path: String) {
    guard case .system(let failure) = error else {
      self.init(error)
      return
    }
    let problem = ConfigurationProblem(failure.isNoRegularFile ? .invalidValue : .fileNotFound, failure.reason)
    self = .configuration(ConfigurationError(path: path, problems: [problem]))
  }
}
