import BinlogParser
import Bytes
import Foundation
import Pipeline
import TestSupport
import Testing

/// The example of docs/contributing/add-an-output.md.
@Suite struct AddAnOutputTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

  @Test func theDocumentShowsTheExampleThatIsCompiled() throws {
    let page = try String(
      contentsOf: Self.folder.appending(path: "../../../docs/contributing/add-an-output.md").standardized,
      encoding: .utf8)
    let example = try String(contentsOf: Self.folder.appending(path: "TableCountsWriter.swift"), encoding: .utf8)
    #expect(page.contains("```swift\n" + example + "```"))
  }

  @Test(arguments: ["mysql-9.7-full", "mysql-9.7-compressed", "mariadb-10.11-full", "mariadb-11.8-compressed"])
  func theExampleCountsTheRowsOfEachTable(_ name: String) throws {
    let fixture = try Fixture(name)
    var replay = WriterReplay(TableCountsWriter())
    for event in fixture.events { try replay.take(Array(fixture.bytes[event])) }
    var counts: [String: Int] = [:]
    for line in try replay.finish().split(separator: "\n") {
      let words = line.split(separator: " ")
      counts[String(words[0]), default: 0] += try #require(Int(words[1]))
    }
    #expect(counts == Self.rowCounts(fixture))
  }

  /// Rows of each table in the fixture's transcript.
  private static func rowCounts(_ fixture: Fixture) -> [String: Int] {
    var counts: [String: Int] = [:]
    for line in fixture.rows.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 2, ["INSERT", "UPDATE", "DELETE"].contains(words[0]) else { continue }
      counts[String(words[1]), default: 0] += 1
    }
    return counts
  }
}
