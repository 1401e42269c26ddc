import Foundation
import LambdaRuntime
import MySQLBinlogConnector
import Testing

/// The event in `text`.
private func event(_ text: String) throws(FunctionError) -> LambdaEvent { try LambdaEvent(Array(text.utf8)) }

/// What is wrong with `text`.
private func mistakes(in text: String) -> String {
  do throws(FunctionError) {
    _ = try event(text)
    return ""
  } catch {
    #expect(error.errorType == "Connector.InvalidEvent")
    return error.errorMessage
  }
}

@Suite struct LambdaEventTests {
  private static let schedule = """
    {"version": "0", "id": "53dc4d37", "detail-type": "Scheduled Event", "source": "aws.events", "account": "123456789012",
     "time": "2026-01-31T10:00:00Z", "region": "eu-central-1", "resources": ["arn:aws:events:x"], "detail": {}}
    """

  @Test(arguments: ["", "null", "{}", #"{"start": null, "max_rows": null}"#, schedule])
  func nothingInParticular(_ text: String) throws {
    let event = try event(text)
    #expect(event.start == nil && event.next == nil && event.stop == nil && event.checkpoint == nil)
    #expect(event.maxRows == nil && event.maxSeconds == nil)
  }

  @Test func everything() throws {
    let event = try event(
      """
      {"start": {"file": "binlog.000042", "pos": 1234}, "next": {"gtid_set": "0-1-100"}, "stop": {"timestamp": 1700000000},
       "max_seconds": 30, "max_rows": 1000, "checkpoint": "/tmp/checkpoint.json"}
      """)
    guard case .position(let position) = event.start?.place else { throw CancellationError() }
    #expect(position.description == "binlog.000042:1234")
    guard case .gtids(let gtids) = event.next?.place else { throw CancellationError() }
    #expect(gtids?.description == "0-1-100")
    #expect(event.stop == .timestamp(1_700_000_000))
    #expect(event.maxSeconds == 30 && event.maxRows == 1000)
    #expect(event.checkpoint == .path("/tmp/checkpoint.json"))
  }

  @Test func aPlaceThatWasReached() throws {
    let text = """
      {"next": {"file": "binlog.000042", "pos": 1234, "gtid_set": "0-1-100",
                "server": {"uuid": "abc", "server_id": 7, "version": "11.8.2"}}}
      """
    guard case .reached(let checkpoint) = try event(text).next?.place else { throw CancellationError() }
    #expect(checkpoint.position.description == "binlog.000042:1234")
    #expect(checkpoint.gtidSet == "0-1-100")
    #expect(checkpoint.server.uuid == "abc" && checkpoint.server.serverID == 7)
  }

  @Test func anEmptySetIsEverything() throws {
    #expect(try event(#"{"start": {"gtid_set": ""}}"#).start?.place == .gtids(nil))
  }

  @Test(arguments: [
    (#"{"stop": {"file": "binlog.000042"}}"#, LambdaStop.position(file: "binlog.000042", offset: nil)),
    (#"{"stop": {"file": "binlog.000042", "pos": 8}}"#, .position(file: "binlog.000042", offset: 8)),
    (#"{"stop": {"timestamp": "2023-11-14T22:13:20Z"}}"#, .timestamp(1_700_000_000)),
  ])
  func stops(_ text: String, _ stop: LambdaStop) throws { #expect(try event(text).stop == stop) }

  @Test(arguments: [
    ("[]", "the event must be an object, is a list"), ("7", "is 7"), ("{", "the event is not JSON"),
    (#"{"max_row": 1}"#, #""max_row" is not a key"#), (#"{"source": "x"}"#, #""source" is not a key"#),
    (#"{"max_rows": 0}"#, "max_rows must be an integer, at least 1, is 0"),
    (#"{"max_rows": 1.5}"#, "max_rows must be an integer, at least 1, is 1.5"),
    (#"{"max_seconds": 901}"#, "max_seconds must be an integer, 1 to 900, is 901"),
    (#"{"max_seconds": "5"}"#, "is \"5\""), (#"{"start": 5}"#, "start must be an object, is 5"),
    (#"{"start": {}}"#, "start must have file and pos, or gtid_set"),
    (#"{"start": {"file": "binlog.000001"}}"#, "start must have file and pos, or gtid_set"),
    (#"{"next": {"file": "binlog", "pos": 4}}"#, "next.file must be a file name like binlog.000001, is \"binlog\""),
    (#"{"next": {"file": "../b.000001", "pos": 4}}"#, "next.file must be a file name"),
    (#"{"next": {"file": "b.000001", "pos": 3}}"#, "next.pos must be an integer, at least 4, is 3"),
    (#"{"next": {"gtid_set": "0-1"}}"#, "next.gtid_set is no GTID set"),
    (#"{"next": {"file": "b.000001", "pos": 4, "gtid_set": "0-1-2"}}"#, "no server beside them"),
    (#"{"next": {"file": "b.000001", "pos": 4, "server": {"name": "x"}}}"#, #"next.server."name" is not a key"#),
    (#"{"stop": {}}"#, "stop must have one of"), (#"{"stop": {"pos": 4}}"#, "stop must have one of"),
    (#"{"stop": {"file": "b.000001", "timestamp": 5}}"#, "stop must have one of"),
    (#"{"stop": {"timestamp": "tomorrow"}}"#, "stop.timestamp must be seconds since 1970"),
    (#"{"stop": {"gtid_set": ""}}"#, "stop.gtid_set is no GTID set"),
    (#"{"max_rows": 1, "max_rows": 2}"#, #""max_rows" stands twice"#),
    (#"{"start": {"file": "b.000001", "pos": 4, "p\u006Fs": 8}}"#, #""pos" stands twice"#),
    (#"{"files": [{"uri": "x", "uri": "y"}]}"#, #""uri" stands twice"#),
    (#"{"checkpoint": ""}"#, "checkpoint must not be empty"),
    (#"{"checkpoint": "s3://bucket/"}"#, "checkpoint must name an object"),
  ])
  func refused(_ text: String, _ words: String) { #expect(mistakes(in: text).contains(words)) }

  @Test func allMistakesAtOnce() {
    let found = mistakes(in: #"{"max_rows": 0, "start": {"pos": 1}, "one\n": 1, "two": 2}"#)
    for words in ["max_rows", "start.pos", #""one\n""#, #""two""#] { #expect(found.contains(words)) }
    #expect(!found.contains("\n"))
  }

  @Test func hostileDepth() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(mistakes(in: #"{"start": \#(deep)"#).contains("not JSON"))
  }

  @Test func aResponseIsAnEvent() throws {
    let response = """
      {"status": "ok", "reason": "limit", "more": true, "start": {"file": "b.000001", "pos": 4},
       "next": {"file": "b.000001", "pos": 900, "server": {"version": "9.7.0"}}, "rows": 3, "events": 9, "files": [{"uri": "x"}],
       "lag_ms": null, "request_id": "7", "max_rows": 3, "stop": {"gtid_set": "0-1-9"}}
      """
    let event = try event(response)
    #expect(event.maxRows == 3)
    guard case .reached(let checkpoint) = event.next?.place else { throw CancellationError() }
    #expect(checkpoint.binlogPosition == 900)
  }
}
