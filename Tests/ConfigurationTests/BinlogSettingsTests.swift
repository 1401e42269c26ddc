import Testing

import MySQLBinlogConnector

/// What is said about a server's settings.
@Suite struct BinlogSettingsTests {
  private static let good = [
    "log_bin": "ON", "binlog_format": "ROW", "binlog_row_image": "FULL", "binlog_row_metadata": "FULL",
  ]

  @Test func goodSettingsAreShownAndNotJudged() {
    let settings = BinlogSettings(Self.good)
    #expect(settings.warnings(columnNames: .auto).isEmpty)
    #expect(
      settings.summary
        == "server settings: log_bin=ON binlog_format=ROW binlog_row_image=FULL binlog_row_metadata=FULL")
  }

  @Test(arguments: [
    ("log_bin", "OFF", "start it with log_bin"), ("binlog_format", "STATEMENT", "set it to ROW"),
    ("binlog_format", "mixed", "set it to ROW"), ("binlog_row_image", "MINIMAL", "set it to FULL"),
    ("binlog_row_image", "noblob", "set it to FULL"), ("binlog_row_metadata", "MINIMAL", "column_names to auto"),
  ])
  func aBadSettingIsNamedWithItsRemedy(_ name: String, _ value: String, _ remedy: String) throws {
    let warnings = BinlogSettings(Self.good.merging([name: value]) { $1 }).warnings(columnNames: .log)
    let warning = try #require(warnings.first)
    #expect(warnings.count == 1)
    #expect(warning.hasPrefix("\(name) is \(value.uppercased()): "))
    #expect(warning.hasSuffix(remedy))
  }

  /// Names or not, without metadata values come out otherwise than they are.
  @Test(arguments: [(OutputSettings.ColumnNames.log, 2), (.ordinal, 1), (.lookup, 0), (.auto, 0)])
  func aLogWithoutMetadataCostsValues(_ names: OutputSettings.ColumnNames, _ count: Int) {
    let warnings = BinlogSettings(["binlog_row_metadata": "NO_LOG"]).warnings(columnNames: names)
    #expect(warnings.count == count)
    #expect(warnings.contains { $0.contains("come out negative") } == (count > 0))
    #expect(warnings.allSatisfy { $0.hasSuffix("set it to FULL, or column_names to auto") })
  }

  @Test(arguments: [OutputSettings.ColumnNames.ordinal, .lookup, .auto])
  func metadataMattersOnlyWhereNamesComeFromIt(_ names: OutputSettings.ColumnNames) {
    #expect(BinlogSettings(["binlog_row_metadata": "MINIMAL"]).warnings(columnNames: names).isEmpty)
  }

  @Test func unknownSettingsAreNotJudged() {
    #expect(BinlogSettings([:]).summary == nil)
    #expect(BinlogSettings([:]).warnings(columnNames: .auto).isEmpty)
  }
}
