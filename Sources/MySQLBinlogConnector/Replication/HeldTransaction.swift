import BinlogParser
import Bytes
import Pipeline
import Platform

/// Full chunks with events of a transaction whose end has not come: the first ones in memory, the others in a file.
package struct HeldTransaction {
  /// A chunk in the file.
  private struct Spilled {
    let offset: UInt64
    let byteCount: Int
    let frameCount: Int
    /// The stream before its first event.
    let stream: EventFramer
  }

  /// So many bytes stay in memory.
  private static let memoryByteCount = 8 << 20

  private var chunks: [EventChunk] = []
  private var spilled: [Spilled] = []
  private var file: ScratchFile?
  private var byteCount = 0
  /// Number of chunks that were taken out again.
  private var takenCount = 0
  /// Events of the first chunk that lie before the transaction.
  private var completeFrameCount = 0
  /// Events that are held, those before the transaction among them.
  private(set) var frameCount = 0

  /// Nothing yet.
  package init() {}

  /// True if nothing is held.
  var isEmpty: Bool { chunks.isEmpty }

  /// Keeps `chunk`, of whose events the first `completeFrameCount` lie before the transaction.
  ///
  /// - Parameter stream: that of the chunk's events, wherever it is.
  /// - Throws: `RunError` when the file cannot be written.
  package mutating func add(
    _ chunk: EventChunk, _ stream: EventFramer, completeFrameCount: Int, _ pipeline: Pipeline
  ) throws(RunError) {
    frameCount += chunk.frames.count
    guard let first = chunk.frames.first else { return pipeline.discard(chunk) }
    // Behind the first chunk in the file all others follow it there, however small: they keep their order.
    guard !chunks.isEmpty, !spilled.isEmpty || byteCount + chunk.bytes.count > Self.memoryByteCount else {
      if chunks.isEmpty { self.completeFrameCount = completeFrameCount }
      byteCount += chunk.bytes.count
      chunks.append(chunk)
      return
    }
    let stream = stream.moved(to: BinlogPosition(file: chunk.file, offset: first.start))
    do throws(SystemError) {
      if file == nil { file = try ScratchFile() }
      guard let file else { return }
      spilled.append(
        Spilled(
          offset: file.byteCount, byteCount: chunk.bytes.count, frameCount: chunk.frames.count, stream: stream))
      try file.append(chunk.bytes)
    } catch {
      throw .scratch(error)
    }
    pipeline.discard(chunk)
  }

  /// Takes the next chunk out again; nil when there are no more, and nothing is held then.
  ///
  /// - Throws: `RunError` when the file cannot be read.
  package mutating func next(_ pipeline: Pipeline) throws(RunError) -> EventChunk? {
    let index = takenCount
    takenCount += 1
    if index < chunks.count { return chunks[index] }
    guard index - chunks.count < spilled.count, let file else {
      self = HeldTransaction()
      return nil
    }
    return try Self.chunk(spilled[index - chunks.count], file, pipeline)
  }

  private static func chunk(
    _ spilled: Spilled, _ file: ScratchFile, _ pipeline: Pipeline
  ) throws(RunError) -> EventChunk {
    let chunk = pipeline.chunk(of: spilled.stream.position.file)
    do { try file.read(spilled.byteCount, at: spilled.offset, appendingTo: &chunk.bytes) } catch {
      throw .scratch(error)
    }
    var stream = spilled.stream
    var offset = 0
    do {
      for _ in 0..<spilled.frameCount {
        let size = chunk.eventSize(at: offset)
        chunk.append(try chunk.frame(at: offset, count: size, &stream))
        offset += size
      }
    } catch {
      throw .binlog(error)
    }
    return chunk
  }

  /// Drops the transaction; returns the chunk with what lies before it.
  mutating func drop(_ pipeline: Pipeline) -> EventChunk? {
    guard let first = chunks.first else { return nil }
    first.keep(completeFrameCount)
    for chunk in chunks.dropFirst() { pipeline.discard(chunk) }
    self = HeldTransaction()
    return first
  }
}
