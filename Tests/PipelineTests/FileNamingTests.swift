import Pipeline
import Testing

/// Names of output files.
@Suite struct FileNamingTests {
  @Test(arguments: [
    (FileNaming.Parts.none, "", UInt64(4), "binlog.000001.parquet"),
    (.none, "", 1234, "binlog.000001.parquet"),
    (.rest, "", 4, "binlog.000001.parquet"),
    (.rest, "", 1234, "binlog.000001-0000001234.parquet"),
    (.all, "", 4, "binlog.000001-0000000004.parquet"),
    (.all, "", 99_999_999_999, "binlog.000001-99999999999.parquet"),
    (.none, "c0ffee00", 4, "binlog.000001-0000000004-c0ffee00.parquet"),
    (.rest, "c0ffee00", 4, "binlog.000001-0000000004-c0ffee00.parquet"),
  ])
  func names(_ parts: FileNaming.Parts, _ mark: String, _ start: UInt64, _ expected: String) {
    let naming = FileNaming(parts: parts, serverMark: mark, ending: ".parquet")
    #expect(naming.name("binlog.000001", start: start) == expected)
  }

  /// Files of one start in one folder are told apart by a number.
  @Test(arguments: [
    (1, "", "binlog.000001-0000000004.parquet"), (2, "", "binlog.000001-0000000004-2.parquet"),
    (12, "c0ffee00", "binlog.000001-0000000004-12-c0ffee00.parquet"),
  ])
  func numbers(_ number: Int, _ mark: String, _ expected: String) {
    let naming = FileNaming(parts: .all, serverMark: mark, ending: ".parquet")
    #expect(naming.name("binlog.000001", start: 4, number: number) == expected)
  }
}
