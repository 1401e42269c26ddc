import BinlogParser
import Bytes
import ParquetWriter
import Pipeline
import Platform
import TestSupport
import Testing

/// Files of typed tables from the logs of real servers, whole and damaged.
@Suite struct ParquetTablesTests {
  private static let fixtures = [
    "mysql-9.7-full", "mysql-9.7-minimal", "mysql-9.7-compressed", "mysql-9.7-partial-json",
    "mysql-9.7-row-image-minimal", "mariadb-10.11-no-log", "mariadb-11.8-full", "mariadb-11.8-compressed-columns",
    "mariadb-11.8-row-image-minimal",
  ]

  private static func format(_ before: BeforeImages = .changed) -> FileFormat {
    var properties = WriterProperties(application: ApplicationVersion(application: "test", version: "1", build: "1"))
    properties.compression = .none
    properties.hasPageIndex = true
    return .parquetTables(
      ParquetTablesSettings(
        batchRowLimit: 7, beforeImages: before, hasBloomFilters: true, tableFormat: .none, properties: properties,
        serverUUID: nil))
  }

  private static func run(_ events: [[UInt8]], _ before: BeforeImages = .changed) throws -> LogRun {
    try LogRun(events, format(before), Partitioning(byTable: true, byDate: false))
  }

  private static func events(_ name: String) throws -> [[UInt8]] {
    let fixture = try Fixture(name)
    return fixture.events.map { Array(fixture.bytes[$0]) }
  }

  /// Each table has files in its own folder, with a description that was there before them.
  @Test(arguments: fixtures, BeforeImages.allCases)
  func everyTableHasItsFolder(_ name: String, _ before: BeforeImages) throws {
    let run = try Self.run(try Self.events(name), before)
    #expect(run.error == nil)
    var described = Set<Substring>()
    for name in run.names {
      let parts = name.split(separator: "/")
      if parts[0] == "_schemas" {
        described.insert(parts[1] + "/" + parts[2].dropLast(".json".count))
      } else {
        #expect(parts.count == 3 && described.contains(parts[0] + "/" + parts[1]), "\(name)")
      }
    }
    #expect(!described.isEmpty)
    #expect(run.store.openCount == 0)
  }

  /// The same events give the same files, byte by byte.
  @Test func filesAreTheSameEachTime() throws {
    let events = try Self.events("mysql-9.7-full")
    let files = try Self.run(events).store.files
    let again = try Self.run(events).store.files
    #expect(files.map(\.name) == again.map(\.name))
    #expect(files.map(\.text) == again.map(\.text))
  }

  /// A byte that is another one is an error, or a value that is another one; it never crashes, and leaves no file open.
  @Test(arguments: fixtures)
  func flippedBytesNeverCrash(_ name: String) throws {
    let events = try Self.events(name)
    var random = SeededGenerator(seed: 16)
    for _ in 0..<60 {
      var damaged = events
      let index = Int.random(in: 1..<events.count, using: &random)
      let offset = Int.random(in: BinlogEvents.headerByteCount..<max(20, events[index].count - 4), using: &random)
      guard offset < events[index].count else { continue }
      damaged[index][offset] ^= UInt8.random(in: 1...255, using: &random)
      damaged[index] = BinlogEvents.sealed(damaged[index])
      guard let run = try? Self.run(damaged) else { continue }
      #expect(run.store.openCount == 0)
    }
  }

  /// Rows that are cut are an error that names table and column; no file of theirs appears.
  @Test func cutRowsAreAnError() throws {
    let events = try Self.events("mysql-9.7-no-checksum")
    let rowsEvents = events.indices.filter { events[$0].count > 40 && (30...32).contains(events[$0][4]) }
    try #require(!rowsEvents.isEmpty)
    for index in rowsEvents.prefix(5) {
      var damaged = events
      damaged[index].removeLast()
      damaged[index] = BinlogEvents.sealed(damaged[index], checksum: false)
      let run = try Self.run(damaged)
      guard case .binlog(let error) = run.error else {
        Issue.record("no error for event \(index)")
        continue
      }
      #expect(error.table != nil)
      #expect(run.names.allSatisfy { $0.hasPrefix("_schemas/") })
    }
  }
}
