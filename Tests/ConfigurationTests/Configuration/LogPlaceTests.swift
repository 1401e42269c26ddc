import BinlogParser
import MySQLBinlogConnector
import Testing

/// The values of `from` and `to`.
@Suite struct LogPlaceTests {
  private static let now = 1_769_853_600  // 2026-01-31T10:00:00Z

  private func place(_ text: String) throws -> LogPlace { try LogPlace(text, at: Self.now) }

  @Test(arguments: [
    ("now", LogPlace.now), ("oldest", .oldest), ("-90s", .time(1_769_853_510)), ("-5m", .time(1_769_853_300)),
    ("-1h", .time(1_769_850_000)), ("-7d", .time(1_769_248_800)), ("-0s", .time(1_769_853_600)),
    ("2026-01-31", .time(1_769_817_600)), ("1970-01-01", .time(0)), ("2024-02-29", .time(1_709_164_800)),
    ("2000-03-01", .time(951_868_800)), ("2026-01-31T10:00:00Z", .time(1_769_853_600)),
    ("2026-01-31T10:00:00.000z", .time(1_769_853_600)), ("2026-01-31 10:00:00", .time(1_769_853_600)),
    ("2026-01-31 10:00:00 UTC", .time(1_769_853_600)), ("2026-01-31 10:00", .time(1_769_853_600)),
    ("2026-01-31T10:00:00+02:00", .time(1_769_846_400)), ("2026-01-31 10:00:00 -0330", .time(1_769_866_200)),
    ("2026-01-31 12:00+02", .time(1_769_853_600)), ("binlog.000042:731922", .file("binlog.000042", offset: 731_922)),
    ("binlog.000042", .file("binlog.000042", offset: nil)), ("my-bin.1000000:4", .file("my-bin.1000000", offset: 4)),
    ("a:b.000001:5000000000", .file("a:b.000001", offset: 5_000_000_000)),
  ])
  func places(_ text: String, _ expected: LogPlace) throws { #expect(try place(text) == expected) }

  @Test(arguments: [
    "01020304-0506-0708-090a-0b0c0d0e0f10:1-5", "01020304-0506-0708-090a-0b0c0d0e0f10:tag:1-5:7", "0-1-100",
    "0-1-100,1-2-7", "2026-1-31", "20260-01-31",
  ])
  func sets(_ text: String) throws {
    guard case .gtids(let set) = try place(text) else {
      Issue.record("\(text) is no GTID set")
      return
    }
    #expect("\(set)".replacing("-01-", with: "-1-") == text.replacing("-01-", with: "-1-"))
  }

  @Test(arguments: [
    ("yesterday", "must be now, oldest"), ("-1w", "must be a number of s, m, h or d ago"), ("-h", "must be a number"),
    ("-", "must be a number"), ("-1.5h", "must be a number"), ("-99999999999999999999d", "must be a number"),
    ("-9223372036854775807d", "must be a number"), ("-99999d", "between the years 1970 and 2106"),
    ("2026-02-29", "must be a date"), ("2026-13-01", "must be a date"), ("2026-01-00", "must be a date"),
    ("2026-01-31 24:00:00", "must be a date"), ("2026-01-31 10", "must be a date"), ("2026-01-31T", "must be a date"),
    ("2026-01-31 10:00:00.5", "must be a date"), ("2026-01-31 10:00:00 CET", "must be a date"),
    ("2026-01-31 10:00:00+15:00", "must be a date"), ("2026-01-31 10:00:00+02:0", "must be a date"),
    ("1969-12-31", "between the years"), ("2106-02-08", "between the years"), ("1970-01-01T00:00:00+01:00", "between"),
    ("binlog.000042:3", "position of at least 4"), ("binlog.000042:", "position of at least 4"),
    ("binlog.000042:x", "position of at least 4"), ("binlog.000042:99999999999999999999", "position of at least 4"),
    ("binlog", "must be now"), ("folder/binlog.000042", "must be now"), ("0-1", "must be now"), ("now ", "must be now"),
  ])
  func mistakes(_ text: String, _ message: String) {
    let error = #expect(throws: LogPlace.Malformed.self) { try place(text) }
    #expect(error?.reason.contains(message) == true, "\(error?.reason ?? "")")
  }

  private static let nowhere = ["from_binlog_file": "", "from_binlog_position": ""]

  private func text(_ from: String?, _ to: String?, _ more: [String: String] = [:]) -> String {
    var changes = Self.nowhere
    if let from { changes["from"] = "\"\(from)\"" }
    if let to { changes["to"] = "\"\(to)\"" }
    return json(changes.merging(more) { $1 })
  }

  @Test("They mean what the other keys mean")
  func translation() throws {
    #expect(try configuration(text("now", nil)).start == .now)
    #expect(try configuration(text("oldest", nil)).start == .oldest)
    #expect(try configuration(text("2026-01-31", nil)).start == .timestamp(1_769_817_600))
    #expect(try configuration(text("0-1-7", nil)).start == .gtids(GTIDSet("0-1-7")))
    let whole = try configuration(text("b.000002", "b.000003"))
    #expect(whole.start == .position(BinlogPosition(file: "b.000002", offset: 4)))
    #expect(whole.range.toFile == "b.000003" && whole.range.toOffset == nil)
    let part = try configuration(text("b.000002:99", "b.000002:100"))
    #expect(part.range.from == BinlogPosition(file: "b.000002", offset: 99) && part.range.toOffset == 100)
    #expect(try configuration(text("oldest", "now")).stop == StopCondition(endsNow: true))
    #expect(try configuration(text("oldest", "now")).isBounded)
    #expect(try configuration(text("oldest", "2026-01-31")).stop == StopCondition(timestamp: 1_769_817_600))
    #expect(try configuration(text("oldest", "0-1-7")).stop == StopCondition(gtids: GTIDSet("0-1-7")))
    #expect(try configuration(text("-1h", "now")).isBounded)
  }

  @Test("UTC is said in the log")
  func summary() throws {
    let lines = try configuration(text("2026-01-31T10:00:00+02:00", "2026-02-01")).summary
    #expect(
      lines.contains { $0.contains("(2026-01-31 08:00:00 UTC) -> to_timestamp 1769904000 (2026-02-01 00:00:00 UTC)") })
  }

  @Test(arguments: [
    (
      ["from": "\"now\"", "from_binlog_file": "\"b.000001\""], "from stands for from_binlog_file: leave one of them out"
    ),
    (["from": "\"now\"", "gtid_set": "\"\""], "from stands for gtid_set"),
    (["from": "\"now\"", "from_timestamp": "1"], "from stands for from_timestamp"),
    (["from": "\"oldest\"", "to": "\"now\"", "to_binlog_file": "\"b.000001\""], "to stands for to_binlog_file"),
    (
      ["from": "\"oldest\"", "to": "\"now\"", "to_gtid_set": "\"0-1-1\"", "to_timestamp": "1"],
      "to stands for to_timestamp, to_gtid_set"
    ),
    (["from": "\"\""], "from must not be empty"), (["from": "5"], "from must be a string"),
    (["from": "\"soon\""], "from must be now, oldest"),
    (["from": "\"now\"", "to": "\"oldest\""], "to must not be oldest"),
    (["from": "\"2026-01-31\"", "to": "\"2026-01-30\""], "to lies before from"),
    (["from": "\"now\"", "to": "\"-1h\""], "to lies before from"),
    (["from": "\"-1h\"", "to": "\"-2h\""], "to lies before from"),
    (["from": "\"2100-01-01\"", "to": "\"now\""], "to lies before from"),
    (["from_timestamp": "10", "to_timestamp": "9"], "to_timestamp lies before from_timestamp"),
    (["from": "\"-1h\"", "to_timestamp": "9"], "to_timestamp lies before from"),
    (["from": "\"0-1-7\"", "to": "\"0-1-6\""], "to lies before from"),
    (["from": "\"b.000002\"", "to": "\"b.000001:99\""], "to b.000001 comes before from b.000002"),
    (["from": "\"b.000002:99\"", "to": "\"b.000002:99\""], "to must be greater than from 99 in the same file, is 99"),
  ])
  func mistakesAreNamed(_ changes: [String: String], _ message: String) {
    let found = problems(json(Self.nowhere.merging(changes) { $1 }))
    #expect(found.count == 1)
    #expect(found.first?.contains(message) == true, "\(found)")
  }

  @Test(
    "Times that are equal are no mistake: the range is empty",
    arguments: [("-1h", "-1h"), ("2026-01-31", "2026-01-31")])
  func equalTimes(_ from: String, _ to: String) { #expect(problems(text(from, to)) == []) }
}
