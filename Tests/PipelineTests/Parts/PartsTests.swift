import BinlogParser
import Foundation
import ParquetWriter
import Pipeline
import Platform
import TestSupport
import Testing

/// Parts of an output: where they are cut, what they are called, and in which order they and their checkpoints become visible.
@Suite struct PartsTests {
  /// Type of WRITE_ROWS.
  private static let insert: UInt8 = 30

  /// Reads the fixture into files of lines; with `isCut` up to its first rows.
  private static func run(
    _ name: String, roll: RollPolicy = RollPolicy(), _ partitioning: Partitioning = .none, broken: String? = nil,
    times: Int = 4, isCut: Bool = false
  ) throws -> LogRun {
    let format = FileFormat.jsonLines(
      JSONLinesSettings(
        version: "1", everyEvent: false, spelling: JSONSpelling(temporals: nil, quotesBigNumbers: false),
        maxEventBytes: Limits.event), .none)
    let fixture = try Fixture(name)
    var events = fixture.repeated(times)
    if isCut, let first = events.firstIndex(where: { Self.insert == fixture.bytes[$0.lowerBound + 4] }) {
      events.removeSubrange((first + 1)...)
    }
    return try LogRun(
      events.map { Array(fixture.bytes[$0]) }, format, roll: roll, partitioning, store: MemoryStore(broken: broken))
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
