import BinlogParser
import TestSupport
import Testing

/// Whole files of old servers, where there is a corpus.
@Suite(.enabled(if: CorpusFile.isThere, "no corpus: set MBC_CORPUS"))
struct OldServerCorpusTests {
  /// The number of events, and the errors.
  private func read(_ name: String) throws -> (events: Int, rows: Int, errors: [BinlogError]) {
    let bytes = try #require(CorpusFile.bytes(name))
    var replay = EventReplay()
    var errors: [BinlogError] = []
    var rows = 0
    let ranges = BinlogEvents.ranges(in: bytes)
    for range in ranges {
      do throws(BinlogError) { rows += try replay.take(Array(bytes[range])).count } catch { errors.append(error) }
      if replay.stream.format != nil, errors.isEmpty {
        #expect(replay.stream.position.offset == UInt64(range.upperBound) || bytes[range.lowerBound + 4] == 4)
      }
    }
    return (ranges.count, rows, errors)
  }

  /// The rows events of each file, as mysqlbinlog counts them.
  @Test(
    "Rows of pre-release servers are refused by name",
    arguments: [
      ("mysql-5.5.30--bug32407.001", 2), ("mysql-5.5.30--ver_5_1-telco.001", 3), ("mysql-5.5.30--ver_5_1_17.001", 3),
      ("mysql-5.5.30--ver_5_1-wl2325_r.001", 3),
    ])
  func refused(_ name: String, _ count: Int) throws {
    let found = try read(name)
    #expect(found.errors.map(\.cause) == [BinlogError.Cause](repeating: .undescribedColumns, count: count))
    #expect(found.errors.allSatisfy { $0.table == "test.t1" })
  }

  @Test func aFileWithoutRowsIsReadToItsEnd() throws {
    let found = try read("mysql-5.5.30--ver_5_1-wl2325_s.001")
    #expect(found.errors.isEmpty)
    #expect(found.events > 10)
  }

  @Test(arguments: [
    ("canal--mysql-bin.000001", 95), ("erymysql--mdev6020-mysql-bin.000001", 8006),
    ("mysql-5.5.30--update-partial-row.binlog", 7), ("mysql-5.5.30--write-full-row.binlog", 7),
    ("mysql-binlog-connector-java--mysql-bin.aurora-padding", 0), ("rust_mysql_common--bug32407.001", 2),
    ("rust_mysql_common--ver_trunk_row_v2.001", 5), ("rust_mysql_common--binlog-invisible-columns.000001", 3),
  ])
  func rowsAreAsManyAsTheServersToolFinds(_ name: String, _ count: Int) throws {
    let found = try read(name)
    #expect(found.errors.isEmpty, "\(found.errors)")
    #expect(found.rows == count)
  }
}
