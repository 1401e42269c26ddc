import Foundation
import Logging
import MySQLBinlogConnector
import Testing

@Suite struct LogLineTests {
  @Test(arguments: [(LogLevel.debug, "debug"), (.info, "info"), (.warn, "warn"), (.err, "err")])
  func levelAndScope(_ level: LogLevel, _ name: String) {
    let line = LogLine(level: level, scope: "main", message: "connected successfully")
    #expect(line.text(inColour: false) == "\(name)(main): connected successfully")
    #expect(line.text(inColour: true).hasPrefix("\u{1B}["))
    #expect(line.text(inColour: true).hasSuffix("m\(name)\u{1B}[0m(main): connected successfully"))
  }

  @Test func metadataFollowsInTheOrderOfItsKeys() {
    let metadata: Logger.Metadata = ["rows": "7", "file": "a b", "empty": "", "quote": "say \"x\"", "pair": "a=b"]
    let line = LogLine(level: .info, scope: "metrics", message: "done", metadata: metadata)
    #expect(
      line.text(inColour: false)
        == "info(metrics): done empty=\"\" file=\"a b\" pair=\"a=b\" quote=\"say \\\"x\\\"\" rows=7")
  }

  @Test func aLineStaysOneLine() {
    let line = LogLine(level: .err, scope: "main", message: "a\nerr(main): forged\r\u{1B}[2J\u{9B}2J ü")
    #expect(line.text(inColour: false) == "err(main): a\\nerr(main): forged\\r\\u{1B}[2J\\u{009B}2J ü")
  }

  @Test func aLineKeepsItsDirectionAndItsLength() {
    let line = LogLine(level: .err, scope: "main", message: "a\u{202E}b\u{2028}c\u{2066}\u{7F}")
    #expect(line.text(inColour: false) == "err(main): a\\u{202E}b\\u{2028}c\\u{2066}\\u{7F}")
    let long = LogLine(level: .err, scope: "main", message: String(repeating: "x", count: 1 << 20)).text(
      inColour: false)
    #expect(long.utf8.count < 17_000)
    #expect(long.hasSuffix("x… (1048584 bytes)"))
  }

  @Test func jsonOfLambda() {
    let line = LogLine(level: .warn, scope: "main", message: "a \"b\"\nc", metadata: ["rows": "7"])
    let time = Date(timeIntervalSince1970: 1_700_000_000.25)
    #expect(
      line.json(at: time, requestID: "id-1")
        == #"{"timestamp":"2023-11-14T22:13:20.250Z","level":"WARN","message":"a \"b\"\nc rows=7","scope":"main","requestId":"id-1"}"#
    )
    #expect(!line.json(at: time, requestID: nil).contains("requestId"))
  }

  @Test(arguments: [
    (Logger.Level.trace, LogLevel.debug), (.debug, .debug), (.info, .info), (.notice, .info), (.warning, .warn),
    (.error, .err), (.critical, .err),
  ])
  func levelsOfSwiftLog(_ level: Logger.Level, _ expected: LogLevel) {
    #expect(LogLevel(level) == expected)
    #expect(level >= expected.threshold)
  }

  @Test func levelsAreOrdered() {
    #expect(LogLevel.allCases.sorted() == [.debug, .info, .warn, .err])
  }
}
