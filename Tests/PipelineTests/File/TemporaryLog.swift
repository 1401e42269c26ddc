import BinlogParser
import Bytes
import Foundation
import Pipeline

/// Binlog files in a folder of their own, which goes away with the value.
final class TemporaryLog {
  /// The first bytes of a binlog.
  static let magic: [UInt8] = [0xFE, 0x62, 0x69, 0x6E]

  private let folder: URL
  private let files: [BinlogFile]

  /// Files with these contents: log.000001, log.000002, ….
  init(_ contents: [[UInt8]]) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var files: [BinlogFile] = []
    for (index, bytes) in contents.enumerated() {
      let path = folder.appending(path: "log.00000\(index + 1)")
      try Data(bytes).write(to: path)
      files.append(BinlogFile(path: path.path, byteCount: UInt64(bytes.count)))
    }
    self.files = files
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// `file` with the in-use flag of its first event set or cleared, and without regard to its checksum.
  static func marked(_ file: [UInt8], inUse: Bool) -> [UInt8] {
    var file = file
    file[21] = file[21] & 0xFE | (inUse ? 1 : 0)
    return file
  }

  /// Where each event starts, from `start` in the first file on; a format from before it counts as `start`.
  func events(from start: UInt64 = 4, maxEventBytes: Int = Limits.event) throws(BinlogFileError) -> [UInt64] {
    var starts: [UInt64] = []
    try forEach(from: start, maxEventBytes: maxEventBytes) { frame, _, _ in starts.append(frame.start) }
    return starts
  }

  /// Where each event starts up to the first error, and that error.
  func eventsAndError() -> (starts: [UInt64], error: BinlogFileError?) {
    var starts: [UInt64] = []
    do throws(BinlogFileError) {
      try forEach(from: 4) { frame, _, _ in starts.append(frame.start) }
      return (starts, nil)
    } catch {
      return (starts, error)
    }
  }

  /// What is wrong with the files as such, if anything is.
  func problem(from start: UInt64 = 4) -> BinlogFileProblem? {
    do throws(BinlogFileError) {
      _ = try events(from: start)
      return nil
    } catch {
      guard case .binlog(let error) = error, case .file(let problem) = error.cause else { return nil }
      return problem
    }
  }

  /// The summary of all files together.
  func summary() throws(BinlogFileError) -> BinlogSummary {
    var summary = BinlogSummary()
    try forEach(from: 4) { (frame, chunk, file) throws(BinlogError) in
      try Self.add(frame, chunk.bytes, file, &summary)
    }
    summary.finish()
    return summary
  }

  private static func add(
    _ frame: EventFrame, _ bytes: borrowing OutputBuffer, _ file: String, _ summary: inout BinlogSummary
  ) throws(BinlogError) {
    try summary.add(frame, frame.body(in: bytes.bytes), file: file)
  }

  private func forEach(
    from start: UInt64, maxEventBytes: Int = Limits.event,
    _ body: (EventFrame, EventChunk, String) throws(BinlogError) -> Void
  ) throws(BinlogFileError) {
    let source = BinlogFileSource(files, files.indices, from: start, maxEventBytes: maxEventBytes)
    var stream = EventFramer(ofFileAt: BinlogPosition(file: "", offset: start))
    var chunk = EventChunk(file: "")
    var end = 0
    while true {
      if end >= EventChunk.fullByteCount {
        let next = EventChunk(file: "")
        source.carry(from: chunk, to: next)
        chunk = next
        end = 0
      }
      switch try source.next(&chunk.bytes) {
      case .file(let name, let position, _):
        stream = EventFramer(ofFileAt: BinlogPosition(file: name, offset: position))
      case .format(let offset, let count): try take(chunk, offset, count, true, &stream, body)
      case .event(let offset, let count):
        try take(chunk, offset, count, false, &stream, body)
        end = offset + count
      case .end: return
      }
    }
  }

  private func take(
    _ chunk: EventChunk, _ offset: Int, _ count: Int, _ isFormat: Bool, _ stream: inout EventFramer,
    _ body: (EventFrame, EventChunk, String) throws(BinlogError) -> Void
  ) throws(BinlogFileError) {
    do throws(BinlogError) {
      let frame = try chunk.frame(at: offset, count: count, isFormat: isFormat, &stream)
      try body(frame, chunk, stream.position.file)
    } catch {
      throw .binlog(error)
    }
  }
}
