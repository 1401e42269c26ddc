import BinlogParser
import Bytes
import Testing

/// Which statements begin and end transactions.
@Suite struct TransactionStatementTests {
  @Test(arguments: [
    ("BEGIN", TransactionStatement.begin), ("BEGIT", .other), ("BEGI", .other), ("BEGIN\u{0}", .other),
    ("begin", .begin), (" BEGIN ;", .begin), ("START TRANSACTION", .begin),
    ("XA START X'61',X'',1", .begin), ("COMMIT", .commit), ("COMMIT /* implicit, from Xid_log_event */", .commit),
    ("ROLLBACK", .rollback), ("rollback", .rollback), ("XA COMMIT X'61',X'',1", .commit),
    ("XA ROLLBACK X'61',X'',1", .rollback), ("ROLLBACK TO `sp1`", .rollbackTo(TransactionStatementTests.name("SP1"))),
    ("ROLLBACK WORK TO sp1", .rollbackTo(TransactionStatementTests.name("sp1"))),
    ("rollback to savepoint Sp1", .rollbackTo(TransactionStatementTests.name("sp1"))),
    ("ROLLBACK TO \"a b\"", .rollbackTo(TransactionStatementTests.name("a b"))),
    ("ROLLBACK TO `a``b`", .rollbackTo(TransactionStatementTests.name("a`b"))),
    ("SAVEPOINT `commit`", .savepoint(TransactionStatementTests.name("commit"))),
    ("savepoint É", .savepoint(TransactionStatementTests.name("é"))),
    ("SAVEPOINT", .other), ("RELEASE SAVEPOINT s", .release(TransactionStatementTests.name("S"))),
    ("ROLLBACK TO", .other),
    ("XA END X'61',X'',1", .other), ("CREATE TABLE commit (a INT)", .other), ("", .other), ("COMMITTED", .other),
    ("INSERT INTO t VALUES ('BEGIN')", .other), ("\tCOMMIT\n", .commit),
  ])
  func meaning(_ text: String, _ expected: TransactionStatement) {
    #expect(TransactionStatement(Array(text.utf8).span.bytes) == expected)
  }

  private static func name(_ text: String) -> SavepointName { SavepointName(Array(text.utf8)) }
}
