import Bytes
import Foundation
import Platform
import TestSupport
import Testing

@Suite struct OutputFolderTests {
  private static func folder(_ temporary: TemporaryFolder, _ names: String...) throws -> OutputFolder {
    let folder = OutputFolder(temporary.path + "/out")
    for name in names { try folder.createFile(name).publish() }
    return folder
  }

  @Test func filesBelowAFolderAreListed() throws {
    let temporary = try TemporaryFolder()
    let folder = try Self.folder(temporary, "s/b/t.json", "s/a.json", "s/B/t%2F.json", "other/x.json", "sx/y.json")
    #expect(try folder.list("s") == ["s/B/t%2F.json", "s/a.json", "s/b/t.json"])
    #expect(try folder.list("s/b") == ["s/b/t.json"])
  }

  @Test func whatIsNotThereIsAnEmptyList() throws {
    let temporary = try TemporaryFolder()
    #expect(try OutputFolder(temporary.path + "/none").list("s") == [])
    #expect(try Self.folder(temporary, "s/a.json").list("s/a.json") == [])
  }

  @Test func filesThatGrowAndHiddenOnesAreNotListed() throws {
    let temporary = try TemporaryFolder()
    let folder = try Self.folder(temporary, "s/a.json", "s/.hidden", "s/.git/x.json")
    let growing = try folder.createFile("s/b.json")
    #expect(try folder.list("s") == ["s/a.json"])
    growing.abandon()
  }

  @Test(arguments: ["", "..", "a/../b", "/s", "s/"])
  func namesThatLeadElsewhereAreRefused(_ name: String) throws {
    let temporary = try TemporaryFolder()
    #expect(throws: OutputError.self) { try Self.folder(temporary).list(name) }
  }
}
