import BinlogParser
import Bytes
import Platform

/// A binlog file that a run is to read.
public struct BinlogFile: Sendable, Equatable {
  /// Where it is.
  public let path: String
  /// Its name without folder, which is what positions name.
  public let name: String
  /// Its size in bytes.
  public let byteCount: UInt64

  /// The file at `path`.
  public init(path: String, byteCount: UInt64) {
    self.path = path
    name = FileSystem.name(of: path)
    self.byteCount = byteCount
  }
}

/// The events of binlog files, one file after the other, from a position on.
public final class BinlogFileSource {
  /// What comes next.
  public enum Step: Sendable, Equatable {
    /// The file `name` begins; the next event in it starts at `position`. The notice is about the end of the file before.
    case file(name: String, position: UInt64, notice: BinlogFileProblem?)
    /// The format of the events that follow, from before their start, so many bytes into the buffer.
    case format(offset: Int, count: Int)
    /// A whole event, so many bytes into the buffer.
    case event(offset: Int, count: Int)
    /// There are no more events, or the last one of a file that is still written is not whole yet.
    case end(cut: BinlogFileProblem?)
  }

  private let files: ArraySlice<BinlogFile>
  private let lastIndex: Int
  private let start: UInt64
  private let maxEventBytes: Int
  private let allowsGaps: Bool
  private var index: Int
  private var reader: BinlogFileReader?
  private var format: [UInt8] = []
  /// What is to be said of the end of the file before.
  private var notice: BinlogFileProblem?
  /// Bytes of the buffer that steps were made of; behind them the next event begins.
  private var consumed = 0
  /// The file before.
  private var ended: BinlogFileReader?

  /// The events of `files[range]` from `start` in the first of them on, none larger than `maxEventBytes`.
  ///
  /// - Parameter allowsGaps: files may be missing in between.
  public init(
    _ files: [BinlogFile], _ range: Range<Int>, from start: UInt64, maxEventBytes: Int = Limits.event,
    allowsGaps: Bool = false
  ) {
    self.allowsGaps = allowsGaps
    self.maxEventBytes = maxEventBytes
    self.files = files[range]
    lastIndex = files.count - 1
    self.start = start
    index = range.lowerBound
  }

  /// Finds the next event and reads it into `buffer`, which may hold the beginning of further ones then.
  ///
  /// - Throws: `BinlogFileError` for a file that cannot be opened or read on, that ends within an event, or that is not the
  ///   next one of the log.
  public func next(_ buffer: inout OutputBuffer) throws(BinlogFileError) -> Step {
    guard let reader else { return try open() }
    if !format.isEmpty { return putFormat(&buffer) }
    switch try reader.next(&buffer, at: consumed) {
    case .event(let offset, let count):
      consumed = offset + count
      return .event(offset: offset, count: count)
    case .end:
      ended = reader
      index += 1
      try judgeEnd(of: reader)
      self.reader = nil
      return try open()
    case .cut(let problem):
      buffer.truncate(to: consumed)
      guard reader.isUnclosed, index == lastIndex else { throw reader.problem(problem) }
      return .end(cut: problem)
    }
  }

  /// Moves what was read and not yet given out from one chunk to the next.
  public func carry(from full: EventChunk, to next: EventChunk) {
    full.moveTail(from: consumed, to: next)
    consumed = 0
  }

  /// Compares the way in which a file ends with the name of the next one.
  private func judgeEnd(of reader: BinlogFileReader) throws(BinlogFileError) {
    guard files.indices.contains(index) else { return }
    notice = reader.ending.problem(of: files[index].name, behind: reader.name)
    if let notice, !allowsGaps { throw reader.problem(notice) }
    if notice == nil, reader.ending == .none { notice = .unclosedBeforeAnother }
  }

  /// True if a replica wrote the file.
  public var isRelayLog: Bool { reader?.isRelayLog == true }
  /// True if a replica wrote the file before.
  public var endedRelayLog: Bool { ended?.isRelayLog == true }
  /// True if the file, or the one that has just ended, may grow: it is the last one, and was not closed.
  public var mayGrow: Bool {
    guard let reader else { return ended?.isUnclosed == true && index == lastIndex + 1 }
    return reader.isUnclosed && index == lastIndex
  }

  /// Looks how the transaction that `tracker` is in goes on behind the last event that `framer` framed; `tracker` goes with it.
  ///
  /// - Throws: `BinlogFileError` for a read error.
  public func lookAhead(
    _ tracker: inout TransactionTracker, _ framer: EventFramer
  ) throws(BinlogFileError) -> TransactionLookahead.Outcome {
    guard let reader else { return .noEnd }
    var lookahead = TransactionLookahead(reader, framer, mayGrow: mayGrow)
    return try lookahead.run(&tracker)
  }

  /// Passes over the rest of the file, of which `buffer` may hold a part.
  ///
  /// - Throws: `BinlogFileError` when the next file is not that of the log.
  public func skipRest(_ buffer: inout OutputBuffer) throws(BinlogFileError) {
    buffer.truncate(to: consumed)
    guard let reader else { return }
    ended = reader
    index += 1
    try judgeEnd(of: reader)
    self.reader = nil
  }

  private func open() throws(BinlogFileError) -> Step {
    guard files.indices.contains(index) else { return .end(cut: nil) }
    let reader = try BinlogFileReader(files[index].path, maxEventBytes: maxEventBytes)
    if index == files.startIndex, start > reader.position { format = try reader.skip(to: start) }
    self.reader = reader
    let notice = notice
    self.notice = nil
    return .file(name: reader.name, position: reader.position, notice: notice)
  }

  private func putFormat(_ buffer: inout OutputBuffer) -> Step {
    buffer.truncate(to: consumed)
    buffer.append(contentsOf: format)
    let step = Step.format(offset: consumed, count: format.count)
    consumed += format.count
    format = []
    return step
  }
}
