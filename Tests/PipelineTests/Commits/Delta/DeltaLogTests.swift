import Foundation
import ParquetWriter
import Pipeline
import Platform
import Testing

/// Logs of Delta tables in a store: what commits write, and what they find.
@Suite struct DeltaLogTests {
  private static let writer = ApplicationVersion(application: "t", version: "1", build: "b")
  private static let columns = [DeltaColumn(name: "_cdc_seq", type: "long"), DeltaColumn(name: "id", type: "long")]

  private static func table(
    _ paths: [String], _ more: [DeltaColumn] = [], isDivided: Bool = false
  ) -> DeltaPart.Table {
    let encoder = JSONEncoder()
    let columns = (try? encoder.encode(columns + more)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let files = paths.map {
      #"{"path":"\#($0)","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true}"#
    }
    let text =
      #"{"folder":"db/t","columns":\#(columns),"by_date":\#(isDivided),"files":[\#(files.joined(separator: ","))]}"#
    guard let table = try? JSONDecoder().decode(DeltaPart.Table.self, from: Data(text.utf8)) else {
      preconditionFailure("\(text) is no table")
    }
    return table
  }

  private static func commit(_ table: DeltaPart.Table, _ number: Int64, in store: MemoryStore) throws -> Bool {
    var log = try DeltaLog("db/t", in: store, writer: writer)
    return try log.commit(table, application: "a", number: number, time: 1)
  }

  private static func state(of store: MemoryStore) throws -> DeltaSnapshot {
    try DeltaLog("db/t", in: store, writer: writer).snapshot
  }

  /// A part that is there is not added again, however often.
  @Test func aPartIsAddedOnce() throws {
    let store = MemoryStore()
    #expect(try Self.commit(Self.table(["p"]), 1, in: store))
    #expect(try Self.commit(Self.table(["q"]), 2, in: store))
    for number: Int64 in [1, 2, 2] { #expect(try !Self.commit(Self.table(["r"]), number, in: store)) }
    #expect(
      store.files.map(\.name) == [
        "db/t/_delta_log/00000000000000000000.json", "db/t/_delta_log/00000000000000000001.json",
      ])
    #expect(try Self.state(of: store).files.keys.sorted() == ["p", "q"])
  }

  /// A version of another writer that came meanwhile stays, and the commit comes behind it.
  @Test func otherWriters() throws {
    let store = MemoryStore()
    _ = try Self.commit(Self.table(["p"]), 1, in: store)
    var log = try DeltaLog("db/t", in: store, writer: Self.writer)
    let remove = #"{"remove":{"path":"p","deletionTimestamp":1,"dataChange":false}}"#
    #expect(try store.createIfAbsent(DeltaLog.path(1, in: "db/t"), Array(remove.utf8)))
    #expect(try log.commit(Self.table(["q"]), application: "a", number: 2, time: 1))
    #expect(log.snapshot.version == 2)
    #expect(try Self.state(of: store).files.keys.sorted() == ["q"])
  }

  /// A part that another run of the same checkpoint has added in the meantime is not added again.
  @Test func anotherRunWasFaster() throws {
    let store = MemoryStore()
    _ = try Self.commit(Self.table(["p"]), 1, in: store)
    var late = try DeltaLog("db/t", in: store, writer: Self.writer)
    _ = try Self.commit(Self.table(["q"]), 2, in: store)
    #expect(try !late.commit(Self.table(["q"]), application: "a", number: 2, time: 1))
    #expect(try Self.state(of: store).version == 1)
  }

  /// Columns are added only, in the commit that needs them; a column with a time without zone raises the demands.
  @Test func columnsCome() throws {
    let store = MemoryStore()
    _ = try Self.commit(Self.table(["p"]), 1, in: store)
    let first = try Self.state(of: store).protocol
    #expect(first?.minReaderVersion == 1 && first?.minWriterVersion == 2 && first?.writerFeatures == nil)
    let born = DeltaColumn(name: "born", type: "timestamp_ntz")
    _ = try Self.commit(Self.table(["q"], [born]), 2, in: store)
    _ = try Self.commit(Self.table(["r"]), 3, in: store)
    let state = try Self.state(of: store)
    #expect(state.version == 2)
    #expect(state.protocol?.readerFeatures == ["timestampNtz"])
    #expect(state.protocol?.writerFeatures == ["appendOnly", "timestampNtz"])
    let schema = try #require(DeltaSchema(state.metaData?.schemaString ?? ""))
    #expect(schema.columns == Self.columns + [born])
    let last = try #require(store.files.last)
    #expect(!last.text.contains("metaData") && !last.text.contains("protocol"))
  }

  @Test(arguments: [
    (table(["p"], [DeltaColumn(name: "Id", type: "long")]), "Id"),
    (table(["p"], isDivided: true), "partition_by"),
  ])
  func tablesThatDoNotFit(_ table: DeltaPart.Table, _ word: String) throws {
    let store = MemoryStore()
    _ = try Self.commit(Self.table(["p"]), 1, in: store)
    let log = try DeltaLog("db/t", in: store, writer: Self.writer)
    do throws(OutputError) {
      try log.check(table)
      Issue.record("it was taken")
    } catch {
      #expect("\(error.description) \(error.advice)".contains(word))
      #expect(error.description.contains("db/t"))
    }
    #expect(store.files.count == 1)
  }

  @Test func damagedAndMissingVersions() throws {
    let store = MemoryStore()
    _ = try Self.commit(Self.table(["p"]), 1, in: store)
    #expect(try store.createIfAbsent(DeltaLog.path(1, in: "db/t"), Array("{\"add\":{\"path\":1}}".utf8)))
    #expect(throws: OutputError.self) { try DeltaLog("db/t", in: store, writer: Self.writer) }
    let other = MemoryStore()
    #expect(try other.createIfAbsent(DeltaLog.path(3, in: "db/t"), []))
    #expect(throws: OutputError.self) { try DeltaLog("db/t", in: other, writer: Self.writer) }
  }

  /// Every hundredth version has a checkpoint, and the log says where the last one is.
  @Test func checkpoints() throws {
    let store = MemoryStore()
    var log = try DeltaLog("db/t", in: store, writer: Self.writer)
    for number: Int64 in 1...202 {
      _ = try log.commit(Self.table(["p\(number)"]), application: "a", number: number, time: 1)
    }
    let names = store.files.map(\.name).filter { !$0.hasSuffix(".json") }
    #expect(
      names.map { $0.split(separator: "/").last ?? "" } == [
        "00000000000000000100.checkpoint.parquet", "_last_checkpoint", "00000000000000000200.checkpoint.parquet",
        "_last_checkpoint",
      ])
    #expect(store.files.last { $0.name.hasSuffix("_last_checkpoint") }?.text == #"{"version":200,"size":204}"#)
  }

  /// Entries that others have written into a schema stay.
  @Test func schemasOfOthers() throws {
    let text =
      #"{"fields":[{"metadata":{"comment":"c","n":1},"name":"id","nullable":false,"type":"long"}],"type":"struct"}"#
    var schema = try #require(DeltaSchema(text))
    #expect(schema.text == text)
    #expect(try schema.add([DeltaColumn(name: "v", type: "array<float>")], at: ""))
    #expect(
      schema.text.hasPrefix(
        #"{"fields":[{"metadata":{"comment":"c","n":1},"name":"id","nullable":false,"type":"long"},"#))
    #expect(DeltaSchema(schema.text)?.columns.last == DeltaColumn(name: "v", type: "array<float>"))
    for bad in ["", "{}", "[]", #"{"fields":[1]}"#, #"{"fields":[{"name":"a"}]}"#] { #expect(DeltaSchema(bad) == nil) }
  }
}
