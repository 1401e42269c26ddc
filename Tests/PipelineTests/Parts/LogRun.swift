import BinlogParser
import Pipeline
import Platform
import TestSupport

/// A run over events of one binlog file into files in memory.
struct LogRun {
  let store: MemoryStore
  let error: PipelineError?

  private static let file = "binlog.000001"

  /// The bytes of all files as text.
  var text: String { store.files.map(\.text).joined() }
  /// The names of all files.
  var names: [String] { store.files.map(\.name) }

  /// Reads `events`, as chunks of a few, into files of `format`.
  ///
  /// - Throws: the error of events that no reader of a log would hand over.
  init(
    _ events: [[UInt8]], _ format: FileFormat, roll: RollPolicy = RollPolicy(), _ partitioning: Partitioning = .none,
    store: MemoryStore = MemoryStore()
  ) throws {
    self.store = store
    let output = PartOutput(
      format: format, place: store, roll: roll, naming: FileNaming(parts: .rest, ending: format.nameEnding),
      partitioning: partitioning, log: PartLog(opened: { _ in }, finished: { _ in }, cutShort: { _ in }))
    let server = Checkpoint.Server(uuid: "u", serverID: 1, version: "")
    let pipeline = Pipeline(
      output: .parts(output), decoding: DecodingSettings(filter: TableFilter(), columnNames: .logged),
      limits: PipelineLimits(queuedChunks: 4), checkpoints: Checkpoints(store, server: server, after: nil),
      start: ResumePoint(at: BinlogPosition(file: Self.file, offset: 4)))
    do { try Self.submit(events, to: pipeline) } catch {
      pipeline.cancel()
      throw error
    }
    do throws(PipelineError) {
      try pipeline.finish()
      error = nil
    } catch {
      self.error = error
    }
  }

  private static func submit(_ events: [[UInt8]], to pipeline: Pipeline) throws {
    var framer = EventFramer(ofFileAt: BinlogPosition(file: file, offset: 4))
    var tracker = TransactionTracker(gtids: nil)
    var chunk = pipeline.chunk(of: file)
    for (number, event) in events.enumerated() {
      let offset = chunk.bytes.count
      chunk.bytes.append(contentsOf: event)
      var frame = try chunk.frame(at: offset, count: event.count, &framer)
      try chunk.track(frame, &tracker, framer.format)
      frame.isBoundary = tracker.isOutside
      chunk.append(frame)
      guard number % 5 == 4 || number == events.count - 1 else { continue }
      let full = chunk
      full.outputStart = 4
      chunk = pipeline.chunk(of: file)
      guard pipeline.submit(full) else { return }
    }
  }
}

extension Fixture {
  /// Types of GTID and MariaDB's GTID.
  private static var gtids: Set<UInt8> { [33, 162] }

  /// Places of the events, of which the transactions come `times` times, as in no log.
  func repeated(_ times: Int) -> [Range<Int>] {
    guard let first = events.firstIndex(where: { Self.gtids.contains(bytes[$0.lowerBound + 4]) }) else { return events }
    return events + Array(repeating: Array(events[first...]), count: times - 1).flatMap(\.self)
  }
}
