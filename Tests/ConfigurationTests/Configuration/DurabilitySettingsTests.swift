import BinlogParser
import MySQLBinlogConnector
import Pipeline
import Testing

/// The keys of starts, stops, checkpoints and files cut in time.
@Suite struct DurabilitySettingsTests {
  @Test func nothingIsOnUnlessAskedFor() throws {
    let settings = try configuration(json())
    #expect(settings.durability.checkpointFile == nil)
    #expect(!settings.durability.roll.isActive)
    #expect(settings.start == .position(BinlogPosition(file: "binlog.000001", offset: 4)))
    #expect(settings.stop == StopCondition())
    #expect(!settings.isBounded)
    #expect(settings.server.maxReconnectSeconds == nil)
    #expect(settings.server.lagIntervalSeconds == 60)
  }

  @Test func everyKeyIsRead() throws {
    let settings = try configuration(
      json([
        "checkpoint_file": "\"state/place.json\"", "parquet_roll_seconds": "60", "parquet_roll_rows": "1000",
        "parquet_roll_bytes": "1048576", "max_reconnect_seconds": "0", "lag_interval_seconds": "5",
      ]))
    #expect(settings.durability.checkpointFile == .path("state/place.json"))
    #expect(settings.durability.roll == RollPolicy(seconds: 60, rows: 1000, bytes: 1_048_576))
    #expect(settings.server.maxReconnectSeconds == 0)
    #expect(settings.server.lagIntervalSeconds == 5)
  }

  @Test(arguments: [
    ("\"0-1-100,1-2-7\"", "0-1-100,1-2-7"), ("\"01020304-0506-0708-090a-0b0c0d0e0f10:1-5\"", nil),
  ])
  func aGTIDSetIsAStart(_ text: String, _ expected: String?) throws {
    let settings = try configuration(
      json(["gtid_set": text, "from_binlog_file": "", "from_binlog_position": ""]))
    guard case .gtids(let set) = settings.start else {
      Issue.record("not a start by GTID: \(settings.start)")
      return
    }
    #expect("\"\(expected ?? set.description)\"" == text)
  }

  @Test func anEmptyGTIDSetIsTheBeginningOfTheLog() throws {
    let settings = try configuration(json(["gtid_set": "\"\"", "from_binlog_file": "", "from_binlog_position": ""]))
    #expect(settings.start == .oldest)
  }

  @Test(arguments: [
    ("1700000000", UInt32(1_700_000_000)), ("\"2023-11-14T22:13:20Z\"", 1_700_000_000), ("0", 0),
    ("\"2023-11-14T23:13:20+01:00\"", 1_700_000_000),
  ])
  func times(_ text: String, _ seconds: UInt32) throws {
    let start = try configuration(
      json(["from_timestamp": text, "from_binlog_file": "", "from_binlog_position": ""])
    ).start
    #expect(start == .timestamp(seconds))
    let stopped = try configuration(json(["to_timestamp": text]))
    #expect(stopped.stop == StopCondition(timestamp: seconds))
    #expect(stopped.isBounded)
  }

  @Test(arguments: [
    (["checkpoint_file": "\"\""], "checkpoint_file must not be empty"),
    (["parquet_roll_rows": "0"], "parquet_roll_rows must be at least 1"),
    (["parquet_roll_seconds": "\"1\""], "parquet_roll_seconds must be an integer"),
    (["max_reconnect_seconds": "-1"], "max_reconnect_seconds must be 0 to"),
    (["gtid_set": "\"x\""], "gtid_set is no GTID set"), (["to_gtid_set": "\"\""], "to_gtid_set must not be empty"),
    (["to_timestamp": "\"yesterday\""], "to_timestamp must be seconds since 1970"),
    (["to_timestamp": "-1"], "to_timestamp must be 0 to"),
    (["from_timestamp": "1", "gtid_set": "\"0-1-1\""], "from_timestamp and gtid_set are two starts"),
  ])
  func mistakesAreNamed(_ changes: [String: String], _ message: String) {
    let found = problems(json(changes))
    #expect(found.count == 1)
    #expect(found.first?.contains(message) == true, "\(found)")
  }
}
