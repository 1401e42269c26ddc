import BinlogParser
import Testing

/// What a MariaDB server has, by what it prints.
@Suite struct MariaDBGTIDStateTests {
  private static let log = "0-1-67,0-4242-68,9-4242-1"

  @Test(
    "A position is included by its own pair of domain and server, or by what was replicated",
    arguments: [
      (log, "", "0-1-67", true), (log, "", "0-4242-68,9-4242-1", true), (log, "", "0-1-68", false),
      (log, "", "0-4242-68,9-4242-2", false), (log, "", "8-1-1", false), (log, "", "0-7-5", false),
      (log, "0-7-70", "0-7-70", true), (log, "0-7-70", "0-7-71", false), (log, "0-7-70,9-7-3", "0-1-67,9-7-3", true),
      ("", "", "0-1-1", false), ("", "0-1-1", "0-1-1", true), ("", "", "", true),
    ])
  func inclusion(_ log: String, _ replicated: String, _ position: String, _ isIncluded: Bool) throws {
    let state = try MariaDBGTIDState(binlogState: log, slavePosition: replicated)
    #expect(state.includes(try MariaDBGTIDPosition(position)) == isIncluded)
  }

  @Test(
    "What is replicated is in the log only if the log says so",
    arguments: [
      ("0-1-67", "0-1-67", ""), ("0-1-67", "0-1-68", "0-1-68"), ("", "0-1-5,3-1-9", "0-1-5,3-1-9"),
      ("0-1-9,0-2-10,3-1-9", "0-1-5,3-1-9", ""), ("0-2-10", "", ""),
    ])
  func replicatedOnly(_ log: String, _ replicated: String, _ expected: String) throws {
    let state = try MariaDBGTIDState(binlogState: log, slavePosition: replicated)
    #expect(state.replicatedOnly.description == expected)
  }

  @Test func malformedTextIsAnError() {
    #expect(throws: GTIDSetError.self) { try MariaDBGTIDState(binlogState: "0-1", slavePosition: "") }
    #expect(throws: GTIDSetError.self) { try MariaDBGTIDState(binlogState: "", slavePosition: "x") }
  }
}
