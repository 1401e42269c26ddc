import Foundation
import MySQLBinlogConnector
import Testing

/// `password_file`, and who may read the files that hold a password.
@Suite struct PasswordFileTests {
  /// A folder that goes away with the value.
  private final class Folder {
    let path = FileManager.default.temporaryDirectory.appending(path: "password-\(UUID())").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ content: [UInt8], mode: Int = 0o600) throws -> String {
      let file = "\(path)/\(name)"
      try Data(content).write(to: URL(fileURLWithPath: file))
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
      return file
    }
  }

  private let folder: Folder

  init() throws { folder = try Folder() }

  private func password(_ content: [UInt8], environment: [String: String] = [:]) throws -> [UInt8] {
    let path = try folder.file("secret", content)
    return try configuration(json(["password_file": "\"\(path)\""]), environment: environment).server.password.bytes
  }

  @Test(arguments: [
    "hunter2", "hunter2\n", "hunter2\r\n", "hunter2\nsecond line\n", "pässword \t\n", " hunter2", "a\rb\n",
  ])
  func theFirstLineIsThePassword(_ content: String) throws {
    let line = content.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[0]
    let expected = content.hasSuffix("\r\n") ? Array(line.dropLast()) : Array(line)
    #expect(try password(Array(content.utf8)) == expected)
  }

  @Test func bytesThatAreNoUTF8AreAPasswordToo() throws {
    #expect(try password([0xE4, 0xFF, 0x0A]) == [0xE4, 0xFF])
  }

  @Test func itGoesBeforeTheEnvironment() throws {
    #expect(try password(Array("from-file\n".utf8), environment: ["MYSQL_PWD": "from-env"]) == Array("from-file".utf8))
  }

  @Test(
    arguments: [
      ([], "which is empty"), ([0x0A, 0x61], "which is empty"), ([0x0D, 0x0A], "which is empty"),
      ([0x68, 0x75, 0x6E, 0x74, 0x00, 0x32], "must not contain a NUL character"),
      ([UInt8](repeating: 0x68, count: 4097), "at most 4096 bytes"),
    ] as [([UInt8], String)])
  func firstLinesThatAreNoPassword(_ content: [UInt8], _ words: String) throws {
    let path = try folder.file("secret", content)
    let found = problems(json(["password_file": "\"\(path)\""]))
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("InvalidValue: password_file \"\(path)\" must ") == true)
    #expect(found.first?.contains(words) == true)
    #expect(found.first?.contains("hunt") == false && found.first?.contains("hhh") == false)
  }

  @Test func theLongestPassword() throws {
    #expect(try password([UInt8](repeating: 0x68, count: 4096) + [0x0A]).count == 4096)
  }

  @Test func filesThatCannotBeRead() {
    #expect(
      problems(json(["password_file": "\"/no/such\""])) == [
        "FileNotFound: password_file \"/no/such\" cannot be read: No such file or directory"
      ])
    #expect(problems(json(["password_file": "\"/\""])).first?.hasPrefix("FileNotFound: password_file \"/\"") == true)
    #expect(problems(json(["password_file": "7"])) == ["InvalidValue: password_file must be a string, is a number"])
  }

  @Test func besideAPassword() throws {
    let path = try folder.file("secret", Array("hunter2".utf8))
    let found = problems(json(["password": "\"hunter3\"", "password_file": "\"\(path)\""]))
    #expect(found == ["InvalidValue: password_file cannot stand beside password; give only one of the two"])
  }

  // MARK: Permissions

  private func warnings(_ changes: [String: String], mode: Int) throws -> [String] {
    let path = try folder.file("config.json", Array(json(changes).utf8), mode: mode)
    let arguments = StreamArguments(configurationPath: path)
    return try Configuration(arguments: arguments, environment: [:]).warnings
  }

  @Test(arguments: [0o644, 0o640, 0o604])
  func aConfigurationWithAPasswordThatOthersMayRead(mode: Int) throws {
    let found = try warnings(["password": "\"hunter2\""], mode: mode)
    let path = "\(folder.path)/config.json"
    #expect(
      found == [
        "\(path) holds a password, and others than its owner can read it (mode 0\(String(mode, radix: 8))): "
          + "run chmod 600 \(path)"
      ])
  }

  @Test func aConfigurationThatNeedsNoWarning() throws {
    #expect(try warnings(["password": "\"hunter2\""], mode: 0o600) == [])
    #expect(try warnings([:], mode: 0o644) == [])
    #expect(try warnings(["password": "\"\""], mode: 0o644) == [])
  }

  @Test func aPasswordFileThatOthersMayRead() throws {
    let path = try folder.file("secret", Array("hunter2".utf8), mode: 0o644)
    let found = try warnings(["password_file": "\"\(path)\""], mode: 0o644)
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("\(path) holds the password, and others") == true)
    #expect(found.first?.contains("hunter2") == false)
  }
}
