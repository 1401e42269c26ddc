import Foundation
import Pipeline
import Platform
import Testing

/// Actions of Delta logs: their lines, and the state to which they lead.
@Suite struct DeltaActionTests {
  /// The actions of `lines`.
  private static func actions(_ lines: String...) throws -> [DeltaAction] {
    try #require([DeltaAction](decoding: Array(lines.joined(separator: "\n").utf8)))
  }

  private static func add(_ path: String) -> String {
    #"{"add":{"dataChange":true,"modificationTime":2,"partitionValues":{},"path":"\#(path)","size":1,"stats":"{}"}}"#
  }

  private static func remove(_ path: String) -> String {
    #"{"remove":{"dataChange":false,"deletionTimestamp":5,"path":"\#(path)"}}"#
  }

  private static let metaData =
    #"{"metaData":{"configuration":{"delta.appendOnly":"true"},"format":{"options":{},"provider":"parquet"},"id":"i","#
    + #""partitionColumns":[],"schemaString":"{}"}}"#

  // MARK: Lines

  @Test(arguments: [
    #"{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}"#, #"{"txn":{"appId":"a","lastUpdated":9,"version":7}}"#,
    add("dt=2026-01-31/b%20c.parquet"), remove("q"), metaData,
  ])
  func linesThatOthersRead(_ line: String) throws {
    #expect(String(decoding: try Self.actions(line).encoded, as: UTF8.self) == line + "\n")
  }

  /// Members and actions that are not known do no harm.
  @Test func linesOfOtherWriters() throws {
    let text = """
      {"commitInfo":{"timestamp":1,"operation":"OPTIMIZE","operationParameters":{"a":[1]},"operationMetrics":{"x":1}}}
      {"add":{"path":"p","partitionValues":{"dt":null},"size":1,"modificationTime":1,"dataChange":false,"tags":{"a":null},"new":[]}}

      {"remove":{"path":"q","dataChange":false,"deletionTimestamp":3,"size":4}}
      {"domainMetadata":{"domain":"d"}}
      """
    let actions = try #require([DeltaAction](decoding: Array(text.utf8)))
    #expect(actions.count == 4)
    #expect(actions[1].add?.partitionValues == ["dt": nil])
  }

  /// No cut and no changed byte of a commit ends the program.
  @Test func damagedLines() throws {
    let bytes = try Self.actions(Self.add("p"), Self.remove("q"), Self.metaData).encoded
    for count in bytes.indices { _ = [DeltaAction](decoding: Array(bytes.prefix(count))) }
    for index in bytes.indices {
      for mask: UInt8 in [0x01, 0x20, 0x80] {
        var damaged = bytes
        damaged[index] ^= mask
        _ = [DeltaAction](decoding: damaged)
      }
    }
    #expect([DeltaAction](decoding: Array("{\"add\":{}}".utf8)) == nil)
    #expect([DeltaAction](decoding: Array("[1]".utf8)) == nil)
    let deep = String(repeating: "[", count: 100_000)
    #expect([DeltaAction](decoding: Array(deep.utf8)) == nil)
  }

  // MARK: State

  @Test func replay() throws {
    var snapshot = DeltaSnapshot()
    try snapshot.apply(Self.actions(Self.metaData, Self.add("a%20b"), Self.add("c")), from: "0")
    try snapshot.apply(Self.actions(Self.remove("a b"), Self.add("d")), from: "1")
    let part = #"{"txn":{"appId":"x","version":3}}"#
    try snapshot.apply(Self.actions(part, Self.remove("c"), Self.add("c")), from: "2")
    #expect(snapshot.version == 2)
    #expect(snapshot.files.keys.sorted() == ["c", "d"])
    #expect(snapshot.removed.keys.sorted() == ["a b"])
    #expect(snapshot.part(of: "x") == 3)
    #expect(snapshot.part(of: "y") == nil)
  }

  @Test(arguments: [
    (1, 1, [], true), (1, 2, [], true), (3, 7, ["timestampNtz", "appendOnly", "invariants"], true), (1, 7, [], true),
    (2, 5, [], false),
    (3, 7, ["deletionVectors"], false), (1, 7, ["columnMapping"], false), (1, 3, [], false),
  ])
  func demandsThatAreNotKnownAreRefused(_ reader: Int, _ writer: Int, _ features: [String], _ isKnown: Bool) throws {
    let list = features.isEmpty ? "" : ",\"writerFeatures\":[\(features.map { "\"\($0)\"" }.joined(separator: ","))]"
    let actions = try Self.actions(
      "{\"protocol\":{\"minReaderVersion\":\(reader),\"minWriterVersion\":\(writer)\(list)}}")
    var snapshot = DeltaSnapshot()
    do throws(OutputError) {
      try snapshot.apply(actions, from: "t/_delta_log/0.json")
      #expect(isKnown)
    } catch {
      #expect(!isKnown && error.description.contains("t/_delta_log/0.json"))
      for feature in features { #expect(error.description.contains(feature)) }
    }
  }

  @Test(arguments: [
    ("a b", "a%20b"), ("dt=1/ü%", "dt=1/%C3%BC%25"), ("x-1_2.~", "x-1_2.~"), ("a+&#?", "a%2B%26%23%3F"),
  ])
  func paths(_ path: String, _ encoded: String) {
    #expect(DeltaPath.encoded(path) == encoded)
    #expect(DeltaPath.decoded(encoded) == path)
  }

  @Test(arguments: [
    ("a b,c;d{e}f(g)h=i\tj\nk", "a_b_c_d_e_f_g_h_i_j_k"), ("plain", "plain"), ("Dt", "_Dt"), ("ü", "ü"),
    ("a\r\nb \u{301}c", "a\r_b_\u{301}c"),
  ])
  func names(_ name: String, _ column: String) { #expect(DeltaName.column(name) == column) }
}
