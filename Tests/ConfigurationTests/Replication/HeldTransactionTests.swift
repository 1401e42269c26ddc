import BinlogParser
import Bytes
import MySQLBinlogConnector
import Pipeline
import TestSupport
import Testing

/// Chunks of a transaction that wait for its end.
@Suite struct HeldTransactionTests {
  private static let file = "binlog.000001"

  private static func pipeline() -> Pipeline {
    Pipeline(
      output: .stream(.text(everyEvent: false, maxEventBytes: Limits.event)),
      decoding: DecodingSettings(filter: TableFilter(), columnNames: .logged), limits: PipelineLimits(queuedChunks: 1),
      checkpoints: Checkpoints(nil, server: Checkpoint.Server(uuid: "u", serverID: 1, version: ""), after: nil),
      start: ResumePoint(at: BinlogPosition(file: file, offset: 4)))
  }

  /// Mebibytes of chunks: those that no longer fit into memory go into a file, and the others must not overtake them.
  @Test(arguments: [[1, 1, 1], [6, 3, 1, 1], [9, 1], [1, 9, 1, 9, 1], [4, 3, 2, 1, 1, 1]])
  func chunksKeepTheirOrder(_ sizes: [Int]) throws {
    let pipeline = Self.pipeline()
    defer { pipeline.cancel() }
    var framer = EventFramer(ofFileAt: BinlogPosition(file: Self.file, offset: 4))
    var held = HeldTransaction()
    let format = EventChunk(file: Self.file)
    format.bytes.append(contentsOf: BinlogEvents.event(15, BinlogEvents.formatDescription()))
    _ = try format.frame(at: 0, count: format.bytes.count, &framer)
    var starts: [UInt64] = []
    for size in sizes {
      let chunk = EventChunk(file: Self.file)
      chunk.bytes.append(contentsOf: BinlogEvents.event(23, [UInt8](repeating: UInt8(size), count: size << 20)))
      let frame = try chunk.frame(at: 0, count: chunk.bytes.count, &framer)
      starts.append(frame.start)
      chunk.append(frame)
      try held.add(chunk, framer, completeFrameCount: 0, pipeline)
    }
    var found: [UInt64] = []
    while let chunk = try held.next(pipeline) { found += chunk.frames.map(\.start) }
    #expect(found == starts)
  }
}
