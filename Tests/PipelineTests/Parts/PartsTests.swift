import BinlogParser
import Foundation
import ParquetWriter
import Pipeline
import Platform
import TestSupport
import Testing

/// Parts of an output: where they are cut, what they are called, and in which order they and their checkpoints become visible.
@Suite struct PartsTests {
  private static let file = "binlog.000001"
  /// Types of GTID and MariaDB's GTID.
  private static let gtids: Set<UInt8> = [33, 162]
  /// Type of WRITE_ROWS.
  private static let insert: UInt8 = 30

  /// Facts of one run over a fixture.
  private struct Run {
    let store: MemoryStore
    let error: PipelineError?

    var text: String { store.files.map(\.text).joined() }
    var names: [String] { store.files.map(\.name) }
  }

  /// Reads the fixture, as chunks of a few events, into files of lines; with `isCut` up to its first rows.
  private static func run(
    _ name: String, roll: RollPolicy = RollPolicy(), _ partitioning: Partitioning = .none, broken: String? = nil,
    times: Int = 4, isCut: Bool = false
  ) throws -> Run {
    let store = MemoryStore(broken: broken)
    let format = FileFormat.jsonLines(
      JSONLinesSettings(
        version: "1", everyEvent: false, spelling: JSONSpelling(temporals: nil, quotesBigNumbers: false),
        maxEventBytes: Limits.event), .none)
    let output = PartOutput(
      format: format, place: store, roll: roll, naming: FileNaming(parts: .rest, ending: ".jsonl"),
      partitioning: partitioning, log: PartLog(opened: { _ in }, finished: { _ in }, cutShort: { _ in }))
    let server = Checkpoint.Server(uuid: "u", serverID: 1, version: "")
    let pipeline = Pipeline(
      output: .parts(output), decoding: DecodingSettings(filter: TableFilter(), columnNames: .logged),
      limits: PipelineLimits(queuedChunks: 4), checkpoints: Checkpoints(store, server: server, after: nil),
      start: ResumePoint(at: BinlogPosition(file: file, offset: 4)))
    let fixture = try Fixture(name)
    var events = fixture.events
    // The transactions come again and again, as no log does.
    if let first = events.firstIndex(where: { Self.gtids.contains(fixture.bytes[$0.lowerBound + 4]) }) {
      events += Array(repeating: Array(events[first...]), count: times - 1).flatMap(\.self)
    }
    if isCut, let first = events.firstIndex(where: { Self.insert == fixture.bytes[$0.lowerBound + 4] }) {
      events.removeSubrange((first + 1)...)
    }
    try submit(fixture.bytes, events, to: pipeline)
    do throws(PipelineError) { try pipeline.finish() } catch { return Run(store: store, error: error) }
    return Run(store: store, error: nil)
  }

  private static func submit(_ bytes: [UInt8], _ events: [Range<Int>], to pipeline: Pipeline) throws {
    var framer = EventFramer(ofFileAt: BinlogPosition(file: file, offset: 4))
    var tracker = TransactionTracker(gtids: nil)
    var chunk = pipeline.chunk(of: file)
    for (number, event) in events.enumerated() {
      let offset = chunk.bytes.count
      chunk.bytes.append(contentsOf: Array(bytes[event]))
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

  private static func rowCount(_ text: String) -> Int { text.count { $0 == "\n" } }

  // MARK: Cuts

  @Test(arguments: [
    RollPolicy(rows: 1), RollPolicy(rows: 7), RollPolicy(rows: 1_000_000), RollPolicy(seconds: 1_000_000),
    RollPolicy(bytes: 1 << 40),
  ])
  func rowsAreTheSameHoweverTheyAreCut(_ roll: RollPolicy) throws {
    let whole = try Self.run("mysql-9.7-full")
    #expect(whole.names == ["binlog.000001.jsonl"])
    let rolled = try Self.run("mysql-9.7-full", roll: roll)
    #expect(rolled.text == whole.text)
    #expect(Set(rolled.names).count == rolled.names.count)
    #expect(rolled.names.dropFirst() == rolled.names.dropFirst().sorted()[...])
    #expect((rolled.names.count > 1) == (roll.rows ?? .max < 100))
    if let rows = roll.rows {
      for file in rolled.store.files.dropLast() { #expect(Self.rowCount(file.text) >= rows) }
    }
  }

  /// Transactions of many rows are in one file each.
  @Test(arguments: ["mysql-9.7-compressed", "mariadb-11.8-full"])
  func noTransactionIsInTwoFiles(_ name: String) throws {
    var owners: [String: String] = [:]
    for file in try Self.run(name, roll: RollPolicy(rows: 1), times: 1).store.files {
      for line in file.text.split(separator: "\n") {
        let row = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let id = try #require((row["transaction"] as? [String: Any])?["id"] as? String)
        #expect(owners[id, default: file.name] == file.name)
        owners[id] = file.name
      }
    }
    #expect(owners.count > 1)
  }

  /// Rows of a transaction whose end has not come are in no file that a checkpoint covers.
  @Test func noCheckpointCoversAnOpenTransaction() throws {
    let run = try Self.run("mysql-9.7-full", isCut: true)
    #expect(run.error == nil)
    #expect(Self.rowCount(run.text) > 0)
    #expect(!run.store.steps.isEmpty)
    for case .checkpoint(let files, _) in run.store.steps { #expect(files.isEmpty) }
  }

  // MARK: Order

  /// Names are kept before files appear, and files appear before a checkpoint covers them.
  @Test(arguments: [RollPolicy(), RollPolicy(rows: 5)])
  func namesThenFilesThenCheckpoint(_ roll: RollPolicy) throws {
    let run = try Self.run("mysql-9.7-full", roll: roll)
    var announced: Set<String> = []
    var visible: Set<String> = []
    var covered: [String] = []
    for step in run.store.steps {
      switch step {
      case .checkpoint(let files, let unfinished):
        if unfinished.isEmpty {
          for name in files { #expect(visible.contains(name)) }
          covered += files
        }
        announced = Set(unfinished)
      case .file(let name):
        #expect(announced.contains(name))
        visible.insert(name)
      }
    }
    #expect(Set(covered) == visible)
    #expect(run.store.openCount == 0)
  }

  /// A file that cannot appear ends the run; those before it stay, no checkpoint covers it, and nothing is left open.
  @Test func aFileThatCannotAppear() throws {
    let names = try Self.run("mysql-9.7-full", roll: RollPolicy(rows: 1)).names
    try #require(names.count > 3)
    let run = try Self.run("mysql-9.7-full", roll: RollPolicy(rows: 1), broken: names[2])
    guard case .file(let error) = run.error else {
      Issue.record("\(String(describing: run.error))")
      return
    }
    #expect(error.description.contains(names[2]))
    #expect(run.names == Array(names.prefix(2)))
    #expect(run.store.steps.last == .checkpoint(files: [names[1]], unfinished: [names[2]]))
    #expect(run.store.openCount == 0)
  }

  // MARK: Partitions

  @Test func rowsOfATableAreInItsFolder() throws {
    let whole = try Self.run("mysql-9.7-full")
    let parted = try Self.run("mysql-9.7-full", Partitioning(byTable: true, byDate: false))
    #expect(parted.text.split(separator: "\n").sorted() == whole.text.split(separator: "\n").sorted())
    #expect(parted.names.count > 1)
    for file in parted.store.files {
      let folder = file.name.split(separator: "/").dropLast()
      for line in file.text.split(separator: "\n") {
        let row = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let source = try #require(row["source"] as? [String: Any])
        #expect(folder == ["db=\(source["db"] ?? "")", "tbl=\(source["table"] ?? "")"])
      }
    }
  }
}
