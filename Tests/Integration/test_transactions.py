"""Where transactions end: every kind that servers log, cut and resumed at every place between two of them."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

import binlog_file
import checkpoints
from binlog_file import boundaries
from connector import EXIT_OK, Connector
from fault_proxy import LOGIN_BYTES, FaultProxy
from output_files import compare, part_of, paths, rows_in, rows_of
from servers import Position, Server
from test_history import purge_to
from workloads import Log, log_since

# Each list is a session of its own.
KINDS: dict[str, list[str]] = {
    "what the proxy leaves alone": [f"INSERT INTO big VALUES (0, REPEAT('p', {LOGIN_BYTES}))"],
    "several tables": ["BEGIN", "INSERT INTO t VALUES (1, 'a')", "INSERT INTO other VALUES (1, 'a')",
                       "UPDATE t, other SET t.what = 'b', other.what = 'c' WHERE t.id = other.id", "COMMIT"],
    "rolled back": ["BEGIN", "INSERT INTO t VALUES (2, 'a')", "ROLLBACK"],
    "savepoints": ["BEGIN", "INSERT INTO t VALUES (3, 'a')", "SAVEPOINT s", "INSERT INTO t VALUES (4, 'lost')",
                   "ROLLBACK TO SAVEPOINT s", "INSERT INTO t VALUES (5, 'a')", "RELEASE SAVEPOINT s", "COMMIT"],
    "without transactions": ["INSERT INTO myisam VALUES (1, 'a'), (2, 'b')", "DELETE FROM myisam WHERE id = 1"],
    "XA": ["XA START 'one'", "INSERT INTO t VALUES (8, 'a')", "XA END 'one'", "XA PREPARE 'one'", "XA COMMIT 'one'"],
    "XA in one phase": ["XA START 'two'", "INSERT INTO t VALUES (9, 'a')", "XA END 'two'", "XA COMMIT 'two' ONE PHASE"],
    "table from a query": ["CREATE TABLE made AS SELECT * FROM t", "INSERT INTO made VALUES (100, 'a')"],
    "temporary table": ["CREATE TEMPORARY TABLE temp (id INT)", "INSERT INTO temp VALUES (1)",
                        "INSERT INTO t SELECT id + 20, 'from temp' FROM temp", "DROP TEMPORARY TABLE temp"],
    "definitions": ["ALTER TABLE t ADD COLUMN more INT", "INSERT INTO t VALUES (30, 'a', 1)", "ALTER TABLE t DROP COLUMN more",
                    "CREATE VIEW v AS SELECT * FROM t", "TRUNCATE TABLE other", "RENAME TABLE other TO renamed",
                    "INSERT INTO renamed VALUES (2, 'a')"],
    "triggers and routines": ["CREATE TRIGGER also AFTER INSERT ON t FOR EACH ROW INSERT INTO renamed VALUES (NEW.id, 'also')",
                              "INSERT INTO t VALUES (40, 'a'), (41, 'b')", "DROP TRIGGER also",
                              "CREATE PROCEDURE p() BEGIN INSERT INTO t VALUES (42, 'p'); INSERT INTO t VALUES (43, 'p'); END",
                              "CALL p()", "DROP PROCEDURE p"],
    "accounts": ["CREATE USER it_somebody", "GRANT SELECT ON *.* TO it_somebody", "DROP USER it_somebody"],
    "maintenance": ["ANALYZE TABLE t", "OPTIMIZE TABLE t", "FLUSH TABLES", "LOCK TABLES t WRITE", "INSERT INTO t VALUES (50, 'a')",
                    "UNLOCK TABLES"],
    "large": ["BEGIN", "INSERT INTO big VALUES (1, REPEAT('a', 150000))", "INSERT INTO big VALUES (2, REPEAT('b', 150000))",
              "INSERT INTO t VALUES (60, 'between')", "INSERT INTO big VALUES (3, REPEAT('c', 150000))", "COMMIT"],
    "sequences of statements": ["SET autocommit = 0", "INSERT INTO t VALUES (70, 'a')", "COMMIT AND CHAIN",
                                "INSERT INTO t VALUES (71, 'a')", "COMMIT"],
}

# MySQL refuses them where every transaction has an id.
OF_MARIADB_ALONE: dict[str, list[str]] = {
    "mixed engines": ["BEGIN", "INSERT INTO t VALUES (6, 'a')", "INSERT INTO myisam VALUES (3, 'a')", "COMMIT"],
    "mixed engines, rolled back": ["BEGIN", "INSERT INTO t VALUES (7, 'lost')", "INSERT INTO myisam VALUES (4, 'stays')",
                                   "ROLLBACK"],
}


def kinds(server: Server) -> dict[str, list[str]]:
    return KINDS | (OF_MARIADB_ALONE if server.is_mariadb else {})


def compressed(server: Server) -> str:
    return "SET binlog_transaction_compression = ON" if server.is_mysql else "SET GLOBAL log_bin_compress = ON"


def plain(server: Server) -> list[str]:
    return [] if server.is_mysql else ["SET GLOBAL log_bin_compress = OFF"]


@pytest.fixture
def log(server: Server, database: str) -> Log:
    return play(server, database, kinds(server))


def play(server: Server, database: str, every: dict[str, list[str]]) -> Log:
    """All of them, and some again in compressed form."""
    start = server.next_file()
    columns = "(id INT, what VARCHAR(20))"
    server.execute(f"USE `{database}`", f"CREATE TABLE t {columns}", f"CREATE TABLE other {columns}",
                   f"CREATE TABLE myisam {columns} ENGINE = MyISAM", "CREATE TABLE big (id INT, what LONGTEXT)")
    for statements in every.values():
        server.execute(f"USE `{database}`", *statements)
    server.execute(f"USE `{database}`", compressed(server), *KINDS["large"], *KINDS["savepoints"], *plain(server),
                   "INSERT INTO t VALUES (1000, 'the last')")
    return log_since(server, start)


def test_each_is_a_part(server: Server, connector: Connector, log: Log) -> None:
    check_parts(server, connector, log)


def check_parts(server: Server, connector: Connector, log: Log) -> None:
    """With the smallest limit every transaction with rows has a file of its own: none is cut, and none swallows another."""
    connector.run(connector.parquet(server, log.start, log.stop, parquet_roll_rows=1)).expect(EXIT_OK)
    ends = sorted(boundaries(server.binlog_path(log.start.file)))
    found = paths(connector.output)
    assert {part_of(path).start for path in found} <= set(ends)
    for path in found:
        # The transaction that the last row is in is the only one with rows.
        last = max(end for end in ends if end < max(row.log_pos for row in rows_of(path)))
        assert all(row.log_pos > last for row in rows_of(path)), f"{path.name} holds more than one transaction"
    whole = connector.folder / "whole"
    connector.run(connector.parquet(server, log.start, log.stop, parquet_output_dir=str(whole))).expect(EXIT_OK)
    compare(rows_in(connector.output), rows_in(whole)).expect_equal()


def test_what_was_lost_does_not_show(server: Server, connector: Connector, log: Log) -> None:
    connector.run(connector.parquet(server, log.start, log.stop)).expect(EXIT_OK)
    documents = [row.after or b"" for row in rows_in(connector.output)]
    assert not [document for document in documents if b"lost" in document]
    for wanted in (*([b"stays"] if server.is_mariadb else []), b"between", b"from temp", b"the last"):
        assert [document for document in documents if wanted in document], wanted


def test_resumed_anywhere(server: Server, connector: Connector, log: Log, seed: str) -> None:
    check_resumed(server, connector, log, seed)


def check_resumed(server: Server, connector: Connector, log: Log, seed: str) -> None:
    """A checkpoint at any place between two transactions, as the run itself takes it there."""
    whole = connector.folder / "whole"
    connector.run(connector.parquet(server, log.start, log.stop, parquet_output_dir=str(whole))).expect(EXIT_OK)
    expected = rows_in(whole)
    middles = [offset for offset in boundaries(server.binlog_path(log.start.file)) if log.start.offset < offset < log.stop.offset]
    for number, middle in enumerate(Random(seed).sample(middles, 8)):
        connector.output = connector.folder / f"parquet-{number}"
        fields: dict[str, Any] = {"checkpoint_file": str(connector.folder / f"checkpoint-{number}.json")}
        for stop in (middle, log.stop.offset):
            connector.run(connector.parquet(server, log.start, Position(log.start.file, stop), **fields)).expect(EXIT_OK)
            assert checkpoints.position(Path(fields["checkpoint_file"])) == Position(log.start.file, stop)
        compare(rows_in(connector.output), expected).expect_equal()


@pytest.mark.parametrize("mode", ["parquet", "stdout"])
def test_torn_anywhere(server: Server, connector: Connector, log: Log, seed: str, mode: str) -> None:
    """The connection is lost in the middle of every kind: of the small ones, and of the large ones."""
    fields: dict[str, Any] = {"output_mode": mode, "ssl_mode": "disabled", "read_timeout_seconds": 1}
    calm = connector.folder / "calm"
    expected = connector.run(connector.parquet(server, log.start, log.stop, parquet_output_dir=str(calm), **fields)).expect(EXIT_OK)
    random = Random(f"{seed}/{server.name}/{mode}")
    for number, mean_bytes in enumerate([8_000, 8_000, 200_000]):
        connector.output = connector.folder / f"parquet-{number}"
        with FaultProxy(server.host, server.port, random, mean_bytes, kinds=("cut", "reset"), limit=2) as proxy:
            config = connector.parquet(server, log.start, log.stop, port=proxy.port, parquet_roll_rows=10, **fields)
            result = connector.run(config).expect(EXIT_OK)
        assert result.stdout == expected.stdout
        if mode == "parquet":
            compare(rows_in(connector.output), rows_in(calm)).expect_equal()


@pytest.fixture
def without_ids(mysql: Server) -> Iterator[Server]:
    """MySQL that gives its transactions no ids."""
    mysql.execute("SET GLOBAL gtid_mode = ON_PERMISSIVE", "SET GLOBAL gtid_mode = OFF_PERMISSIVE",
                  "SET GLOBAL enforce_gtid_consistency = OFF", "DROP DATABASE IF EXISTS it_without_ids",
                  "CREATE DATABASE it_without_ids CHARACTER SET utf8mb4")
    yield mysql
    mysql.execute("DROP DATABASE it_without_ids", "SET GLOBAL enforce_gtid_consistency = ON",
                  "SET GLOBAL gtid_mode = ON_PERMISSIVE", "SET GLOBAL gtid_mode = ON")
    purge_to(mysql, mysql.next_file().file)  # A server that gives ids again sends no log of transactions without.


def test_without_ids(without_ids: Server, connector: Connector, seed: str) -> None:
    log = play(without_ids, "it_without_ids", KINDS | OF_MARIADB_ALONE)
    check_parts(without_ids, connector, log)
    connector.output = connector.folder / "resumed"
    check_resumed(without_ids, connector, log, seed)


class TestStopSignal:
    """A stop signal waits for the end of the transaction that is coming in; a second one does not."""

    @pytest.fixture
    def slow(self, server: Server, database: str) -> Iterator[tuple[FaultProxy, Position]]:
        server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY, body LONGTEXT)")
        start = server.next_file()
        rows = [f"INSERT INTO `{database}`.t VALUES ({number}, REPEAT('x', 50000))" for number in range(1, 41)]
        server.execute(f"INSERT INTO `{database}`.t VALUES (0, 'before')", "BEGIN", *rows, "COMMIT")
        with FaultProxy(server.host, server.port, Random(1), mean_bytes=20_000, kinds=("delay",)) as proxy:
            yield proxy, start

    def config(self, server: Server, connector: Connector, slow: tuple[FaultProxy, Position], place: Path) -> dict[str, Any]:
        return connector.parquet(server, slow[1], port=slow[0].port, ssl_mode="disabled", checkpoint_file=str(place))

    def test_one(self, server: Server, connector: Connector, slow: tuple[FaultProxy, Position], tmp_path: Path) -> None:
        place = tmp_path / "checkpoint.json"
        with connector.start(self.config(server, connector, slow, place)) as running:
            running.wait_until(lambda: slow[0].faults["delay"] >= 3, "the middle of the transaction")
            running.send(signal.SIGTERM)
            time.sleep(0.3)
            assert running.process.poll() is None, "it did not wait"
            slow[0].calm()
            running.wait(20).expect(EXIT_OK)
        assert len(rows_in(connector.output)) == 41
        end = checkpoints.position(place)
        assert end and end.file == server.history().file
        behind = [event for event in binlog_file.events(server.binlog_path(end.file)) if event.start >= end.offset]
        assert {event.kind for event in behind} <= {binlog_file.MARIADB_CHECKPOINT}

    def test_two(self, server: Server, connector: Connector, slow: tuple[FaultProxy, Position], tmp_path: Path) -> None:
        """It ends at once, and leaves nothing of the torn transaction."""
        place = tmp_path / "checkpoint.json"
        with connector.start(self.config(server, connector, slow, place)) as running:
            running.wait_until(lambda: slow[0].faults["delay"] >= 3, "the middle of the transaction")
            running.send(signal.SIGTERM)
            time.sleep(0.2)
            running.send(signal.SIGTERM)
            running.wait(3)
        assert len(rows_in(connector.output)) <= 1
        connector.run(connector.parquet(server, slow[1], server.history(), checkpoint_file=str(place))).expect(EXIT_OK)
        assert len(rows_in(connector.output)) == 41
