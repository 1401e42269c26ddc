import Foundation
import Platform
import TestSupport
import Testing

@Suite struct FileWriterTests {
  private let path = FileManager.default.temporaryDirectory.appending(path: "writer-\(UUID())").path

  private func mode() throws -> Int {
    try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
  }

  /// No usual umask takes anything from 0600; what the group may do with 0640 depends on it.
  @Test func whoMayReadANewFile() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    var file = try FileWriter(creating: path, access: .owner)
    try file.close()
    #expect(try mode() == 0o600)
    #expect(FileSystem.modeReadableByOthers(path) == nil)
    try FileSystem.removeFile(path)
    file = try FileWriter(creating: path)
    try file.close()
    #expect(try mode() & ~0o640 == 0)
  }

  @Test(arguments: [(0o600, nil), (0o640, 0o640), (0o604, 0o604), (0o644, 0o644), (0o400, nil), (0o620, nil)])
  func whetherOthersMayReadAFile(mode: Int, readable: Int?) throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: mode]))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    #expect(FileSystem.modeReadableByOthers(path) == readable)
    #expect(FileSystem.modeReadableByOthers(path + ".none") == nil)
    #expect(FileSystem.modeReadableByOthers("/") == nil)
  }

  /// "link" leads to "out"; nothing else is there.
  @Test(arguments: [
    ("out/x", true), ("out", true), ("link/x", true), ("new/../out/x", true), ("out/../link/a/b", true), ("x", false),
    ("out/../x", false), ("link/../x", false), ("outer/x", false), ("new/out/x", false),
  ])
  func pathsWithinAFolder(_ name: String, _ isWithin: Bool) throws {
    let folder = try TemporaryFolder()
    try FileSystem.createDirectories(folder.path + "/out")
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "out")
    for out in ["/out", "/link", "/./out/"] {
      #expect(FileSystem.isPath(folder.path + "/" + name, within: folder.path + out) == isWithin)
    }
  }
}
