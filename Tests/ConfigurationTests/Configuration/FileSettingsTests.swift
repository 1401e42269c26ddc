import BinlogParser
import Foundation
import MySQLBinlogConnector
import Pipeline
import Testing

/// `source`, `files`, and the range in them.
@Suite struct FileSettingsTests {
  /// A folder with files of one byte, which goes away with the value.
  private final class Folder {
    private let url = FileManager.default.temporaryDirectory.appending(path: "files-\(UUID())")

    init(_ names: [String]) throws {
      for name in names {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data([0]).write(to: file)
      }
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    func link(_ name: String, to other: String) throws {
      try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: path(other))
    }

    /// A configuration text that names `files` of this folder, with `changes` beside them.
    func text(_ files: [String], _ changes: [String: String] = [:]) -> String {
      let list = files.map { "\"\(path($0))\"" }.joined(separator: ", ")
      let values = ["source": "\"file\"", "files": "[\(list)]"].merging(changes) { $1 }
      return "{" + values.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}"
    }

    /// `problems` without this folder's path.
    func bare(_ problems: [String]) -> [String] { problems.map { $0.replacing(url.path + "/", with: "") } }
  }

  @Test(
    "Files are in the order of their numbers, each once, whatever the list says",
    arguments: [
      (["b.000002", "b.000001"], ["b.000001", "b.000002"]), (["b.*"], ["b.000001", "b.000002", "b.1000000"]),
      (["b.00000?", "b.000001", "b.[0]*"], ["b.000001", "b.000002"]), (["x[1].000003"], ["x[1].000003"]),
      (["dir/*", "b.000002"], ["b.000002", "c.000009"]), (["link.000002"], ["link.000002"]),
    ])
  func order(_ names: [String], _ expected: [String]) throws {
    let folder = try Folder(["b.000001", "b.000002", "b.1000000", "x[1].000003", "dir/c.000009"])
    try folder.link("link.000002", to: "b.000002")
    let files = try withExtendedLifetime(folder) { try #require(try configuration(folder.text(names)).files) }
    #expect(files.files.map(\.name) == expected)
    #expect(files.files.allSatisfy { $0.byteCount == 1 })
  }

  @Test func aFileUnderTwoPathsIsReadOnce() throws {
    let folder = try Folder(["a/b.000001", "b/other"])
    try folder.link("b/b.000001", to: "a/b.000001")
    let text = folder.text(["a/b.000001", "b/b.000001"])
    #expect(try withExtendedLifetime(folder) { try configuration(text).files?.files.count } == 1)
  }

  @Test(
    "What cannot be read is named",
    arguments: [
      (["b.000009"], ["FileNotFound: files: \"b.000009\": No such file or directory"]),
      (["b.9*"], ["FileNotFound: files: \"b.9*\": no file fits the pattern"]),
      (["dir"], ["FileNotFound: files: \"dir\": Is a directory"]),
      (
        ["b.000001", "dir/b.000001"], ["InvalidValue: files \"b.000001\" and \"dir/b.000001\" have the same name"]
      ),
      ([], ["InvalidValue: files must name at least one file"]),
    ])
  func refused(_ names: [String], _ expected: [String]) throws {
    let folder = try Folder(["b.000001", "dir/b.000001"])
    #expect(folder.bare(problems(folder.text(names))) == expected)
  }

  @Test(arguments: [
    (["source": "\"server\""], "InvalidValue: files needs \"source\": \"file\" beside it"),
    (["source": "\"disk\""], "InvalidValue: source must be one of \"server\", \"file\", is \"disk\""),
    (["files": ""], "InvalidValue: files is missing"),
    (["files": "1"], "InvalidValue: files must be a list of strings"),
  ])
  func wrongKeys(_ changes: [String: String], _ problem: String) throws {
    let values = ["source": "\"file\"", "files": "[\"x\"]"].merging(changes) { $1 }.filter { !$0.value.isEmpty }
    let text = "{" + values.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}"
    #expect(problems(text).contains { $0.hasPrefix(problem) })
  }

  @Test(
    "The range names files of the list; without it, it is all of them",
    arguments: [
      ([:], "b.000001:4", nil, nil), (["from_binlog_file": "\"b.000002\""], "b.000002:4", nil, nil),
      (["from_binlog_position": "157"], "b.000001:157", nil, nil),
      (
        ["to_binlog_file": "\"b.000002\"", "to_binlog_position": "99", "from_binlog_position": "null"],
        "b.000001:4", "b.000002", 99
      ),
    ] as [([String: String], String, String?, UInt64?)])
  func range(_ changes: [String: String], _ from: String, _ toFile: String?, _ toOffset: UInt64?) throws {
    let folder = try Folder(["b.000001", "b.000002"])
    let range = try withExtendedLifetime(folder) { try configuration(folder.text(["b.*"], changes)).range }
    #expect("\(range.from)" == from)
    #expect(range.toFile == toFile)
    #expect(range.toOffset == toOffset)
  }

  @Test(arguments: [
    (["from_binlog_file": "\"b.000003\""], "from_binlog_file is none of the files: \"b.000003\""),
    (["to_binlog_file": "\"x\""], "to_binlog_file is none of the files: \"x\""),
    (["to_binlog_position": "99"], "to_binlog_position needs to_binlog_file beside it"),
    (
      ["from_binlog_file": "\"b.000002\"", "to_binlog_file": "\"b.000001\""],
      "to_binlog_file b.000001 comes before from_binlog_file b.000002"
    ),
    (
      ["to_binlog_file": "\"b.000001\"", "from_binlog_position": "157", "to_binlog_position": "157"],
      "to_binlog_position must be greater than from_binlog_position 157 in the same file, is 157"
    ),
    (["from_binlog_position": "3"], "from_binlog_position must be at least 4, is 3"),
  ])
  func wrongRange(_ changes: [String: String], _ problem: String) throws {
    let folder = try Folder(["b.000001", "b.000002"])
    let found = folder.bare(problems(folder.text(["b.*"], changes)))
    #expect(found.count == 1 && found[0].hasSuffix(": \(problem)"), "\(found)")
  }
}
