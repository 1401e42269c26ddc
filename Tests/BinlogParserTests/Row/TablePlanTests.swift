import BinlogParser
import Bytes
import Testing

/// Which columns the character sets of a table map belong to.
@Suite struct TablePlanTests {
  /// Collation 63 is binary, 51 is cp1251_general_ci. Both servers' ways were seen in the logs of MariaDB 11.8.6 and
  /// MySQL 9.7.4, after CREATE TABLE t (x GEOMETRY, a VARCHAR(40) CHARACTER SET cp1251), and the same with VECTOR(3).
  @Test(
    "Spatial columns have a collation in MariaDB, vectors in MySQL",
    arguments: [
      (255, true, [63, 51]), (255, false, [51]), (242, false, [63, 51]), (12, false, [51]),
    ] as [(UInt8, Bool, [UInt8])])
  func collations(type: UInt8, isMariaDB: Bool, collations: [UInt8]) throws {
    let metadata: [UInt8] = type == 12 ? [] : [4]
    let map = TableMapBytes(columns: [(type, metadata), (15, [40, 0])], fields: [(3, collations)])
    let body = OutputBuffer(bytes: map.body)
    let plan = try TablePlan(
      TableMapEvent(body.bytes, postHeaderLength: 8), isMariaDB: isMariaDB, columnNames: .logged)
    #expect(plan.columns[1].kind == .text)
    #expect(plan.columns[1].characterSet == .cp1251)
  }
}

extension OutputBuffer {
  fileprivate init(bytes: [UInt8]) {
    self.init(capacity: bytes.count)
    append(contentsOf: bytes)
  }
}
