import Bytes
import Foundation
import Platform
import TestSupport
import Testing

@Suite struct StagedFileTests {
  private static func stage(_ folder: TemporaryFolder, _ text: StaticString, out: String = "out", name: String = "x")
    throws
    -> StagedFile
  {
    let file = try OutputFolder(folder.path + "/" + out).stagedFile(name)
    var bytes = OutputBuffer()
    bytes.append(text)
    try file.write(bytes.bytes)
    return file
  }

  private func content(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test func theFileAppearsWhenPublished() throws {
    let folder = try TemporaryFolder()
    let file = try Self.stage(folder, "one", out: "a/b/out")
    #expect(folder.names(in: "a/b/out") == [])
    #expect(folder.names(in: "a/b") == [".out.staging", "out"])
    // Their names begin with random letters.
    let staged = folder.names(in: "a/b/.out.staging").map { ($0 as NSString).pathExtension }
    #expect(staged.sorted() == ["claim", "partial"])
    try file.publish()
    #expect(folder.names(in: "a/b") == ["out"])
    #expect(try content(folder.path + "/a/b/out/x") == "one")
    #expect(file.byteCount == 3)
    let mode = try FileManager.default.attributesOfItem(atPath: file.finalPath)[.posixPermissions] as? Int
    #expect((mode ?? 0) & ~0o640 == 0)
    file.abandon()
    #expect(try content(file.finalPath) == "one")
  }

  @Test func publishingReplacesAnOlderFile() throws {
    let folder = try TemporaryFolder()
    try Self.stage(folder, "one").publish()
    let second = try Self.stage(folder, "two")
    #expect(try content(second.finalPath) == "one")
    try second.publish()
    #expect(try content(second.finalPath) == "two")
  }

  @Test func nothingStaysOfAFileThatIsGivenUp() throws {
    let folder = try TemporaryFolder()
    try Self.stage(folder, "one").abandon()
    #expect(folder.names() == ["out"])
    _ = try Self.stage(folder, "two")
    #expect(folder.names() == ["out"])
    #expect(folder.names(in: "out") == [])
  }

  @Test func onlyFilesOfDeadProcessesAreCleanedUp() throws {
    let folder = try TemporaryFolder()
    try FileSystem.createDirectories(folder.path + "/.out.staging")
    #expect(FileManager.default.createFile(atPath: folder.path + "/.out.staging/x.dead.partial", contents: Data([1])))
    #expect(FileManager.default.createFile(atPath: folder.path + "/.out.staging/other", contents: Data([1])))
    let first = try Self.stage(folder, "first")
    #expect(!folder.names(in: ".out.staging").contains("x.dead.partial"))
    let second = try Self.stage(folder, "second")
    #expect(folder.names(in: ".out.staging").count == 5)
    try first.publish()
    #expect(try content(first.finalPath) == "first")
    try second.publish()
    #expect(try content(first.finalPath) == "second")
    #expect(folder.names(in: ".out.staging") == ["other"])
  }

  /// A sealed file is closed, and protected all the same; sealed files share the claim that does so.
  @Test func sealedFilesWait() throws {
    let folder = try TemporaryFolder()
    let output = OutputFolder(folder.path + "/out")
    var bytes = OutputBuffer()
    bytes.append("one")
    var files: [StagedFile] = []
    for number in 0..<3 {
      files.append(try output.stagedFile("db=a/x\(number)"))
      try files[number].write(bytes.bytes)
      try files[number].seal()
      #expect(throws: OutputError.self) { try files[number].write(bytes.bytes) }
    }
    _ = try Self.stage(folder, "another place sweeps the folder")
    #expect(folder.names(in: ".out.staging").count == 4)
    #expect(folder.names(in: "out/db=a") == [])
    try files[0].publish()
    files[1].abandon()
    files[2].abandon()
    #expect(folder.names() == ["out"])
    #expect(folder.names(in: "out/db=a") == ["x0"])
    #expect(try content(files[0].finalPath) == "one")
  }

  /// What is left of a process that died: its claim has no lock.
  @Test func claimsOfDeadProcessesAreCleanedUp() throws {
    let folder = try TemporaryFolder()
    try FileSystem.createDirectories(folder.path + "/.out.staging")
    for name in ["x.1.dead.partial", "y.2.dead.partial", "dead.claim"] {
      #expect(FileManager.default.createFile(atPath: folder.path + "/.out.staging/" + name, contents: Data([1])))
    }
    try Self.stage(folder, "one").publish()
    #expect(folder.names() == ["out"])
  }

  @Test func filesAreRemoved() throws {
    let folder = try TemporaryFolder()
    let output = OutputFolder(folder.path + "/out")
    try output.removeFiles(["x"])
    #expect(folder.names() == [])
    for name in ["x", "y", "db=a/x"] { try Self.stage(folder, "one", name: name).publish() }
    try output.removeFiles(["x", "db=a/x", "db=b/x", "z"])
    #expect(folder.names(in: "out") == ["db=a", "y"])
    #expect(folder.names(in: "out/db=a") == [])
    for name in ["../out/y", "/y", "", ".", "db=a/../y", "db=a//y"] {
      #expect(throws: OutputError.self) { try output.removeFiles([name]) }
    }
    #expect(folder.names(in: "out") == ["db=a", "y"])
    #expect(throws: OutputError.self) { try output.removeFiles(["db=a"]) }
  }

  @Test(arguments: ["out/", "./out", "link", "out/../out/."]) func waysToNameTheFolder(name: String) throws {
    let folder = try TemporaryFolder()
    try FileSystem.createDirectories(folder.path + "/out")
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "out")
    let file = try Self.stage(folder, "one", out: name)
    #expect(folder.names() == [".out.staging", "link", "out"])
    try file.publish()
    #expect(folder.names(in: "out") == ["x"])
  }

  @Test func whatIsNoFolder() throws {
    let folder = try TemporaryFolder()
    #expect(FileManager.default.createFile(atPath: folder.path + "/out", contents: nil))
    #expect(throws: OutputError.self) { _ = try Self.stage(folder, "one") }
    #expect(throws: OutputError.self) { _ = try Self.stage(folder, "one", out: "out/below") }
    #expect(folder.names() == ["out"])
  }

  @Test func aFinalNameThatIsAFolderStaysOne() throws {
    let folder = try TemporaryFolder()
    try FileSystem.createDirectories(folder.path + "/out/x")
    let file = try Self.stage(folder, "one")
    #expect(throws: OutputError.self) { try file.publish() }
    file.abandon()
    #expect(folder.names() == ["out"])
  }

  @Test func namesWithFolders() throws {
    let folder = try TemporaryFolder()
    let file = try Self.stage(folder, "one", name: "db=a/tbl=b/x")
    #expect(folder.names() == [".out.staging", "out"])
    #expect(folder.names(in: "out/db=a") == ["tbl=b"])
    #expect(folder.names(in: "out/db=a/tbl=b") == [])
    try file.publish()
    #expect(folder.names() == ["out"])
    #expect(try content(folder.path + "/out/db=a/tbl=b/x") == "one")
    #expect(file.finalPath == (try FileSystem.resolve(folder.path + "/out")) + "/db=a/tbl=b/x")
  }

  @Test(arguments: ["", "/x", "x/", "a//b", "../x", "a/../x", "."]) func whatIsNoName(_ name: String) throws {
    let folder = try TemporaryFolder()
    #expect(throws: OutputError.self) { _ = try Self.stage(folder, "one", name: name) }
    #expect(folder.names() == [])
  }

  #if os(Linux)
    @Test func withoutAStagingFolderTheFileHasNoNameUntilItIsPublished() throws {
      let folder = try TemporaryFolder()
      // A file in the way of the staging folder, as a parent that cannot be written to.
      #expect(FileManager.default.createFile(atPath: folder.path + "/.out.staging", contents: nil))
      for text in ["one", "two"] as [StaticString] {
        let file = try Self.stage(folder, text)
        #expect(folder.names(in: "out").count == (text.description == "one" ? 0 : 1))
        try file.publish()
        #expect(folder.names(in: "out") == ["x"])
        #expect(try content(file.finalPath) == text.description)
      }
      try Self.stage(folder, "three").abandon()
      #expect(try content(folder.path + "/out/x") == "two")
    }

    @Test func aFullDiskIsAnError() throws {
      let file = try FileWriter(opening: "/dev/full")
      var bytes = OutputBuffer()
      bytes.append("x")
      do throws(SystemError) {
        try file.write(bytes.bytes)
        Issue.record("no error")
      } catch {
        #expect(error.call == "write" && error.subject == "/dev/full")
      }
    }
  #endif

  @Test(arguments: [
    ("a/b/c", "a/b"), ("c", "."), ("/c", "/"), ("/", "/"), ("a/", "."), ("/a/b/", "/a"), ("a//b/c", "a//b"),
    ("/é/ü", "/é"), ("", "."),
  ])
  func parents(path: String, parent: String) {
    #expect(FileSystem.parent(of: path) == parent)
  }

  @Test(arguments: [("a/b/c", "c"), ("c", "c"), ("/c//", "c"), ("/", ""), ("", ""), ("é/ü", "ü")])
  func names(path: String, name: String) {
    #expect(FileSystem.name(of: path) == name)
  }
}
