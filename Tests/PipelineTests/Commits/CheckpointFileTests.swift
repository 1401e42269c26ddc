import BinlogParser
import Foundation
import Pipeline
import Platform
import Testing

/// The file that keeps a run's place.
@Suite struct CheckpointFileTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "checkpoint-\(UUID())")

  private var path: String { folder.appending(path: "state/place.json").path }

  private func checkpoint(_ offset: UInt64, gtids: String?) throws -> Checkpoint {
    let boundary = ResumePoint(
      at: BinlogPosition(file: "binlog.000007", offset: offset), gtids: try gtids.map { try GTIDSet($0) },
      timestamp: 1_700_000_000, fileCreated: offset > 4 ? 1_600_000_000 : 0)
    return Checkpoint(
      boundary, server: Checkpoint.Server(uuid: "u-1", serverID: 7, version: "9.7.0"), firstServer: "u-0",
      files: [])
  }

  @Test(arguments: [nil, "0-1-100,2-7-3", "01020304-0506-0708-090a-0b0c0d0e0f10:1-5:9"])
  func whatIsSavedIsLoaded(_ gtids: String?) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = try CheckpointFile(path)
    #expect(try file.load() == nil)
    for offset: UInt64 in [4, 1 << 33] {
      let checkpoint = try checkpoint(offset, gtids: gtids)
      try file.save(checkpoint.encoded)
      #expect(try file.load().map { try Checkpoint(decoding: $0) } == checkpoint)
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/state").sorted() == [
        "place.json", "place.json.lock",
      ])
  }

  @Test func onlyTheOwnerReadsIt() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = try CheckpointFile(path)
    try file.save(checkpoint(4, gtids: nil).encoded)
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func oneProcessAtATimeHasIt() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = try CheckpointFile(path)
    #expect(throws: CheckpointStoreError.inUse("another run uses it")) { _ = try CheckpointFile(path) }
    try file.save(checkpoint(4, gtids: nil).encoded)
  }

  @Test(arguments: [
    "", "{", "[]", "{}", "null", "{\"version\": 1}", "{\"version\": 2, \"binlog_file\": \"b\"}",
    "{\"version\":1,\"binlog_file\":\"b.1\",\"binlog_position\":-1,\"event_timestamp\":0,\"server\":{\"version\":\"\"},\"files\":[]}",
  ])
  func anythingElseIsMalformed(_ text: String) throws {
    #expect(throws: Checkpoint.Malformed.self) { try Checkpoint(decoding: Array(text.utf8)) }
  }

  @Test(arguments: ["hello", "0-1", "0-1-2-3", "01020304-0506-0708-090a-0b0c0d0e0f10:5-1"])
  func whatIsNoGTIDSetIsMalformed(_ set: String) throws {
    let text = String(decoding: try checkpoint(4, gtids: "0-1-100").encoded, as: UTF8.self)
    let other = Array(text.replacing("\"0-1-100\"", with: "\"\(set)\"").utf8)
    #expect(throws: Checkpoint.Malformed.self) { try Checkpoint(decoding: other) }
  }

  /// Another run can have the lock when its file is no longer the one that is there.
  @Test(arguments: [false, true]) func theLockFileVanishes(isReplaced: Bool) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = try CheckpointFile(path)
    try file.check()
    try FileManager.default.removeItem(atPath: path + ".lock")
    if isReplaced { #expect(FileManager.default.createFile(atPath: path + ".lock", contents: nil)) }
    #expect(throws: CheckpointStoreError.self) { try file.check() }
    #expect(throws: CheckpointStoreError.self) { try file.save(checkpoint(4, gtids: nil).encoded) }
    let other = try CheckpointFile(path)
    try other.check()
    #expect(try other.load() == nil)
  }

  @Test func anotherVersionIsNamed() throws {
    let text = String(decoding: try checkpoint(4, gtids: nil).encoded, as: UTF8.self)
    let other = Array(text.replacing("\"version\" : 1", with: "\"version\" : 2").utf8)
    #expect(throws: Checkpoint.Malformed(reason: "version 2 of the format is not known")) {
      try Checkpoint(decoding: other)
    }
  }
}
