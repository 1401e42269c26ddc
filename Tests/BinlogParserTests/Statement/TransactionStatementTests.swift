import BinlogParser
import Bytes
import Testing

/// Which statements begin and end transactions.
@Suite struct TransactionStatementTests {
  @Test(arguments: [
    ("BEGIN", TransactionStatement.begin), ("BEGIT", .other), ("BEGI", .other), ("BEGIN\u{0}", .other),
    ("begin", .begin), (" BEGIN ;", .begin), ("START TRANSACTION", .begin),
    ("XA START X'61',X'',1", .begin), ("COMMIT", .end), ("COMMIT /* implicit, from Xid_log_event */", .end),
    ("ROLLBACK", .end), ("rollback", .end), ("XA COMMIT X'61',X'',1", .end), ("XA ROLLBACK X'61',X'',1", .end),
    ("ROLLBACK TO `sp1`", .other), ("ROLLBACK WORK TO sp1", .other), ("SAVEPOINT `commit`", .other),
    ("XA END X'61',X'',1", .other), ("CREATE TABLE commit (a INT)", .other), ("", .other), ("COMMITTED", .other),
    ("INSERT INTO t VALUES ('BEGIN')", .other), ("\tCOMMIT\n", .end),
  ])
  func meaning(_ text: String, _ expected: TransactionStatement) {
    #expect(TransactionStatement(Array(text.utf8).span.bytes) == expected)
  }
}
