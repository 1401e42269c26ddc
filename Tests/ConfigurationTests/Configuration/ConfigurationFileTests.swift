import Foundation
import MySQLBinlogConnector
import Testing

@Suite struct ConfigurationFileTests {
  @Test(arguments: [
    ("", "line 1, column 1: expected an object: {…}"),
    ("\n\n  [1]", "line 3, column 3: expected an object: {…}"),
    ("{", "line 1, column 2: expected a key in double quotes"),
    ("{\"host\"}", "line 1, column 8: expected \":\" after the key"),
    ("{\"host\":}", "line 1, column 9: expected a value"),
    ("{\"host\": hunter2}", "line 1, column 10: expected a value"),
    ("{\"host\": \"a\",}", "line 1, column 14: expected a key in double quotes"),
    ("{\"host\": \"a\"\n \"port\": 1}", "line 2, column 2: expected \",\" or \"}\" after the value"),
    ("{\"ö\": 01}", "line 1, column 8: expected \",\" or \"}\" after the value"),
    ("{\"a\": [1,]}", "line 1, column 10: expected a value"),
    ("{\"a\": [1 2]}", "line 1, column 10: expected \",\" or \"]\" after the value"),
    ("{\"a\": -}", "line 1, column 8: expected a digit"),
    ("{\"a\": 1.}", "line 1, column 9: expected a digit"),
    ("{\"a\": 1e}", "line 1, column 9: expected a digit"),
    ("{\"a\": \"x}", "line 1, column 10: expected the closing quote of a string"),
    ("{\"a\": \"\\q\"}", "line 1, column 9: expected an escape such as \\n or \\\\"),
    ("{\"a\": \"\\u12g4\"}", "line 1, column 12: expected four hexadecimal digits after \\u"),
    ("{\"a\": tru}", "line 1, column 7: expected a value"),
    ("{'a': 1}", "line 1, column 2: expected a key in double quotes"),
    ("// x\n{}", "line 1, column 1: expected an object: {…}"),
    ("{} x", "line 1, column 4: expected the end of the file after the last }"),
  ])
  func mistakes(_ text: String, _ expected: String) {
    #expect(problems(text) == ["ParseError: \(expected)"])
  }

  @Test func aLineBreakInAStringIsAMistake() {
    #expect(problems("{\"a\": \"x\n\"}").first?.hasPrefix("ParseError: line 1, column 9: ") == true)
  }

  @Test func deepNestingIsAMistake() {
    let text = "{\"a\": " + String(repeating: "[", count: 1_000_000)
    #expect(problems(text).first?.hasPrefix("ParseError: line 1, column 38: expected at most 32 levels") == true)
  }

  @Test func bytesThatAreNotUTF8() {
    #expect(problems([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D]) == ["ParseError: the file is not UTF-8 text"])
  }

  @Test func aByteOrderMarkAndWhiteSpaceAreFine() {
    #expect(problems("\u{FEFF} \r\n\t" + json() + "\r\n") == [])
  }

  @Test func everyEscapeIsRead() throws {
    let user = try configuration(json(["user": "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\ud83d\\ude00\""])).server.user
    #expect(user == "\"\\/\u{8}\u{C}\n\r\tä😀")
  }

  @Test func everyCutIsAParseErrorOrAValue() {
    let bytes = Array(json(["include": "[\"a.b\"]", "password": "\"\\u00e4\"", "port": "12e2"]).utf8)
    #expect(problems(bytes) == [])
    for count in 0..<bytes.count {
      #expect(problems(Array(bytes[..<count])).allSatisfy { $0.hasPrefix("ParseError: ") })
      #expect(!problems(Array(bytes[..<count])).isEmpty)
    }
  }

  @Test func everyFlippedBitIsAnErrorOrAValue() {
    let bytes = Array(json(["include": "[\"a.b\"]", "password": "\"\\u00e4\"", "port": "12e2", "ssl": "true"]).utf8)
    for index in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << bit
        _ = problems(changed)
      }
    }
  }

  @Test func aHostileFileOfManyUnknownKeysEndsSoon() {
    let keys = (0..<200).map { "\"\(String(repeating: "k", count: 200))\($0)\": \($0)" }
    #expect(problems("{\(keys.joined(separator: ","))}").count == 204)
  }

  @Test(arguments: ["no/such/config.json", "/", "/dev/zero"])
  func filesThatAreNoConfiguration(_ path: String) {
    let arguments = StreamArguments(configurationPath: path)
    let error = #expect(throws: ConfigurationError.self) { try Configuration(arguments: arguments, environment: [:]) }
    #expect(error?.path == path)
    #expect(error?.problems.map(\.name) == [path == "/dev/zero" ? .parseError : .fileNotFound])
  }

  @Test func aMissingFileIsNamedWithTheSystemsReason() {
    let arguments = StreamArguments(configurationPath: "no/such.json")
    let error = #expect(throws: ConfigurationError.self) { try Configuration(arguments: arguments, environment: [:]) }
    #expect(
      error?.description
        == "no/such.json: FileNotFound: the configuration file cannot be read: No such file or directory")
  }

  @Test func aFileIsRead() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "configuration-\(UUID()).json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(json(["host": "\"::1\""]).utf8).write(to: URL(fileURLWithPath: path))
    let arguments = StreamArguments(configurationPath: path)
    #expect(try Configuration(arguments: arguments, environment: [:]).server.host == "::1")
  }
}
